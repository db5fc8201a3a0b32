"""S3's bucket calls as CloudTrail records them; what happens to objects is a data event."""

from urllib.parse import unquote

from trail_call import Call

# By the sub-resource in the query; CloudTrail's names are older than the API's.
_PUT = {
    "": "CreateBucket",
    "policy": "PutBucketPolicy",
    "versioning": "PutBucketVersioning",
    "publicAccessBlock": "PutBucketPublicAccessBlock",
    "lifecycle": "PutBucketLifecycle",
    "encryption": "PutBucketEncryption",
    "acl": "PutBucketAcl",
    "ownershipControls": "PutBucketOwnershipControls",
    "object-lock": "PutBucketObjectLockConfiguration",
    "notification": "PutBucketNotification",
    "replication": "PutBucketReplication",
    "tagging": "PutBucketTagging",
    "logging": "PutBucketLogging",
    "cors": "PutBucketCors",
    "website": "PutBucketWebsite",
}
_DELETE = {
    "": "DeleteBucket",
    "policy": "DeleteBucketPolicy",
    "publicAccessBlock": "DeleteBucketPublicAccessBlock",
    "lifecycle": "DeleteBucketLifecycle",
    "encryption": "DeleteBucketEncryption",
    "ownershipControls": "DeleteBucketOwnershipControls",
    "replication": "DeleteBucketReplication",
    "tagging": "DeleteBucketTagging",
    "cors": "DeleteBucketCors",
    "website": "DeleteBucketWebsite",
}


def recognise(method: str, path: str, headers: dict, params: dict) -> Call | None:
    names = {"PUT": _PUT, "DELETE": _DELETE}.get(method)
    parts = [part for part in path.split("/") if part]
    if names is None or len(parts) != 1:
        return None
    resource = next((key for key in names if key and key in params), "")
    host = headers.get("host", "")
    parameters = {"bucketName": unquote(parts[0]), "Host": host}
    if resource:
        parameters[resource] = ""
    return Call("aws.s3", "s3.amazonaws.com", names[resource], parameters)
