"""A message that AWS itself puts into a queue or a topic."""

import hashlib
import logging
import time
import uuid

logger = logging.getLogger("fnseal.delivery")


def send(arn: str, body: str, attributes: dict[str, str]) -> bool:
    """Delivers to the queue or topic of this account and region; says whether it could."""
    if ":sqs:" in arn:
        return _to_queue(arn, body, attributes)
    if ":sns:" in arn:
        return _to_topic(arn, body)
    logger.warning("neither queue nor topic: %s", arn)
    return False


def _to_queue(arn: str, body: str, attributes: dict[str, str]) -> bool:
    from ministack.core.concurrency import esm_wake
    from ministack.core.responses import get_account_id
    from ministack.services import sqs

    queue = sqs._queue_by_arn(arn)
    if queue is None:
        logger.warning("no such queue: %s", arn)
        return False
    now = time.time()
    message = {
        "id": str(uuid.uuid4()),
        "body": body,
        "md5_body": hashlib.md5(body.encode()).hexdigest(),
        "receipt_handle": None,
        "sent_at": now,
        "visible_at": now + sqs.queue_delay(queue),
        "receive_count": 0,
        "attributes": {},
        "message_attributes": {
            key: {"DataType": "String", "StringValue": value} for key, value in attributes.items()
        },
        "sys": {"SenderId": get_account_id(), "SentTimestamp": str(int(now * 1000))},
    }
    sqs._ensure_msg_fields(message)
    with sqs._queues_lock:
        queue["messages"].append(message)
    esm_wake.set()
    return True


def _to_topic(arn: str, body: str) -> bool:
    from ministack.services import sns

    try:
        return sns.publish_internal(arn, body, "") is not None
    except sns.SnsPublishError as cause:
        logger.warning("%s: %s", arn, cause)
        return False
