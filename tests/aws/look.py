"""Says with boto3 what a store holds, as JSON. Usage: look.py ENDPOINT make|logs|s3|fill|fetch|uploads|limits …"""

import gzip
import json
import pathlib
import sys

import boto3
import botocore.loaders
import botocore.exceptions
import zstandard


def client(endpoint, service, region="eu-west-1"):
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    return boto3.client(service, endpoint_url=endpoint, region_name=region, **keys)


def make(endpoint, bucket, region, locked):
    place = {"CreateBucketConfiguration": {"LocationConstraint": region}}
    client(endpoint, "s3", region).create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=locked == "locked", **place)


def logs(endpoint, group):
    """Streams with their events in the order of the store, and the group's settings."""
    store = client(endpoint, "logs")
    streams = {}
    for stream in store.describe_log_streams(logGroupName=group)["logStreams"]:
        name, token = stream["logStreamName"], {}
        events = []
        while True:
            page = store.get_log_events(logGroupName=group, logStreamName=name, startFromHead=True, **token)
            if not page["events"]:
                break
            events += [event["message"] for event in page["events"]]
            token = {"nextToken": page["nextForwardToken"]}
        streams[name] = events
    settings = store.describe_log_groups(logGroupNamePrefix=group)["logGroups"][0]
    tags = store.list_tags_log_group(logGroupName=group)["tags"]
    return {"streams": streams, "retention": settings.get("retentionInDays"), "tags": tags}


def s3(endpoint, bucket):
    """Objects with their lines and headers, and what comes of the attempt to delete each."""
    store = client(endpoint, "s3")
    objects = []
    for entry in store.list_objects_v2(Bucket=bucket).get("Contents", []):
        found = store.get_object(Bucket=bucket, Key=entry["Key"], ChecksumMode="ENABLED")
        body = found["Body"].read()
        if entry["Key"].endswith(".zst"):
            body = zstandard.ZstdDecompressor().stream_reader(body).read()
        elif entry["Key"].endswith(".gz"):
            body = gzip.decompress(body)
        try:
            store.delete_object(Bucket=bucket, Key=entry["Key"], VersionId=found.get("VersionId", "null"))
            deleted = "yes"
        except botocore.exceptions.ClientError as error:
            deleted = error.response["Error"]["Code"]
        objects.append({
            "key": entry["Key"],
            "lines": body.decode().splitlines(),
            "sse": found.get("ServerSideEncryption"),
            "kms": found.get("SSEKMSKeyId"),
            "sha256": found.get("ChecksumSHA256"),
            "lock": found.get("ObjectLockMode"),
            "deleted": deleted,
        })
    return objects


def fill(endpoint, bucket, prefix, folder):
    """Puts every file of a folder into a bucket, and a mark for a folder."""
    store = client(endpoint, "s3")
    store.put_object(Bucket=bucket, Key=prefix)
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.is_file():
            # A name cannot hold two slashes, a key can.
            key = prefix + str(path.relative_to(folder)).replace("@@", "/")
            store.put_object(Bucket=bucket, Key=key, Body=path.read_bytes())


def fetch(endpoint, bucket, folder):
    """Writes every object of a bucket into a folder, and gives their keys."""
    store = client(endpoint, "s3")
    pages = store.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
    for key in keys:
        path = pathlib.Path(folder) / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(store.get_object(Bucket=bucket, Key=key)["Body"].read())
    return keys


def uploads(endpoint, bucket):
    """Uploads that were neither completed nor taken back."""
    return len(client(endpoint, "s3").list_multipart_uploads(Bucket=bucket).get("Uploads", []))


def limits(_):
    """What the service model says of PutLogEvents."""
    model = botocore.loaders.Loader().load_service_model("logs", "service-2")
    operation, shapes = model["operations"]["PutLogEvents"], model["shapes"]
    days = shapes["PutRetentionPolicyRequest"]["members"]["retentionInDays"]["shape"]
    return {
        "events": shapes["InputLogEvents"]["max"],
        "text": operation["documentation"],
        "event": shapes["InputLogEvent"]["members"]["message"]["documentation"],
        "days": shapes[days]["documentation"],
        "stream": shapes["LogStreamName"],
        "group": shapes["LogGroupName"],
    }


verbs = {"make": make, "logs": logs, "s3": s3, "fill": fill, "fetch": fetch, "uploads": uploads, "limits": limits}
verb = verbs[sys.argv[2]]
print(json.dumps(verb(sys.argv[1], *sys.argv[3:])))
