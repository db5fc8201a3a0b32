"""What MiniStack is told and forgets, or tells otherwise than AWS.

- PutPermission with a whole policy, which replaces the bus's: MiniStack adds a statement that lets everyone in
- the tags of a new trail
- mail is confirmed by whoever gets it, and a list of subscriptions says "PendingConfirmation" in place of the ARN until
  then: https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
"""

import json
import re

_MAIL = ("email", "email-json")
_SUBSCRIPTION = re.compile(r"<SubscriptionArn>([^<]+)</SubscriptionArn>")


def install(app) -> None:
    from ministack.services import cloudtrail, eventbridge, sns

    put_permission, create_trail = eventbridge._put_permission, cloudtrail._create_trail

    def put_policy(data):
        if not data.get("Policy"):
            return put_permission(data)
        eventbridge._event_bus_policies[data.get("EventBusName", "default")] = json.loads(data["Policy"])
        return eventbridge.json_response({})

    def create_with_tags(body):
        answer = create_trail(body)
        if answer[0] == 200 and body.get("TagsList"):
            tags = {each["Key"]: each.get("Value", "") for each in body["TagsList"]}
            cloudtrail._trail_tags[json.loads(answer[2])["TrailARN"]] = tags
        return answer

    eventbridge._put_permission = put_policy
    cloudtrail._DISPATCH["CreateTrail"] = create_with_tags
    _subscriptions(sns)


def _subscriptions(sns) -> None:
    subscribe = sns._subscribe

    def subscribe_mail(params):
        answer = subscribe(params)
        if answer[0] != 200 or sns._p(params, "Protocol") not in _MAIL:
            return answer
        arn = _SUBSCRIPTION.search(answer[2].decode())[1]
        topic = sns._topic_by_arn_any_scope(sns._sub_arn_to_topic[arn])
        made = next(each for each in topic["subscriptions"] if each["arn"] == arn)
        if not made.get("asked"):
            made.update(asked=True, confirmed=False, token=sns.new_uuid())
            made["attributes"].update(PendingConfirmation="true", ConfirmationWasAuthenticated="false")
            sns._refresh_subscription_counts(topic)
        return _instead_of_waiting(sns, answer, "pending confirmation")

    def saying_who_waits(name: str) -> None:
        listing = getattr(sns, name)
        setattr(sns, name, lambda params: _instead_of_waiting(sns, listing(params), "PendingConfirmation"))

    sns._subscribe = subscribe_mail
    saying_who_waits("_list_subscriptions")
    saying_who_waits("_list_subscriptions_by_topic")


def _instead_of_waiting(sns, answer, words: str):
    """The answer with these words in place of the ARN of each subscription that nobody has confirmed."""

    def named(found) -> str:
        topic = sns._topic_by_arn_any_scope(sns._sub_arn_to_topic.get(found[1], "")) or {"subscriptions": []}
        waits = any(each["arn"] == found[1] and not each["confirmed"] for each in topic["subscriptions"])
        return f"<SubscriptionArn>{words}</SubscriptionArn>" if waits else found[0]

    status, headers, body = answer
    return status, headers, _SUBSCRIPTION.sub(named, body.decode()).encode()
