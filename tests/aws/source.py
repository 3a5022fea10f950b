"""boto3 and the AWS CLI send to the source `cloudwatch_logs`: complete, masked, tagged.

    tests/aws/setup.sh && target/aws/venv/bin/python tests/aws/source.py target/release/hushlog
"""
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

PROGRAM = sys.argv[1]
SECRET = "a-secret-of-this-test-only"
EVENTS = 25_000
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def client(endpoint, secret=SECRET, key="AKIDTEST"):
    return boto3.client("logs", endpoint_url=endpoint, region_name="eu-west-1", aws_access_key_id=key,
                        aws_secret_access_key=secret, config=Config(retries={"total_max_attempts": 2}))


def code(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "none"


def main(folder):
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    (folder / "secret").write_text(SECRET)
    (folder / "hushlog.yaml").write_text(f"""
region: eu-west-1
sources:
  cwl:
    type: cloudwatch_logs
    listen: "127.0.0.1:{port}"
    access_keys: [{{ id: AKIDTEST, secret: {{ file: "{folder}/secret" }} }}]
sinks: {{ out: {{ type: stdout }} }}
routes: [{{ to: [out] }}]
""")
    with open(folder / "out", "wb") as out:
        proxy = subprocess.Popen([PROGRAM, "run", "-c", str(folder / "hushlog.yaml")], stdout=out)
    try:
        for _ in range(500):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.02)
        logs = client(endpoint)
        now = int(time.time() * 1000)
        one = [{"timestamp": now, "message": "x"}]
        # Who is not known, or signs wrongly, sends nothing.
        assert code(client(endpoint, secret="another").create_log_group, logGroupName="/app") == "InvalidSignatureException"
        assert code(client(endpoint, key="AKIDOTHER").create_log_group, logGroupName="/app") == "UnrecognizedClientException"
        # What clients do on the way to their first event.
        assert code(logs.put_log_events, logGroupName="/app", logStreamName="s", logEvents=one) == "ResourceNotFoundException"
        logs.create_log_group(logGroupName="/app", tags={"team": "a"})
        assert code(logs.create_log_group, logGroupName="/app") == "ResourceAlreadyExistsException"
        logs.create_log_stream(logGroupName="/app", logStreamName="s")
        logs.put_retention_policy(logGroupName="/app", retentionInDays=30)
        assert logs.describe_log_groups(logGroupNamePrefix="/a")["logGroups"][0]["retentionInDays"] == 30
        for at in range(60):
            logs.create_log_stream(logGroupName="/app", logStreamName=f"many-{at:02}")
        pages = logs.get_paginator("describe_log_streams").paginate(logGroupName="/app")
        names = [stream["logStreamName"] for page in pages for stream in page["logStreams"]]
        assert len(names) == len(set(names)) == 61, names
        assert code(logs.get_log_events, logGroupName="/app", logStreamName="s") == "AccessDeniedException"
        # Many events, each with lines of its own.
        begin = time.time()
        for at in range(0, EVENTS, 5_000):
            events = [{"timestamp": now, "message": f"n={number} mail=user@example.com\n  ssn=123-45-6789"} for number in range(at, at + 5_000)]
            answer = logs.put_log_events(logGroupName="/app", logStreamName="s", logEvents=events, sequenceToken="49")
            assert "nextSequenceToken" in answer and "rejectedLogEventsInfo" not in answer, answer
        print(f"boto3: {EVENTS} events in {time.time() - begin:.2f} s")
        answer = logs.put_log_events(logGroupName="/app", logStreamName="s", logEvents=[{"timestamp": now - 15 * 86_400_000, "message": "old"}])
        assert answer["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 1}, answer
        # The command line.
        environment = {**os.environ, "AWS_ACCESS_KEY_ID": "AKIDTEST", "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_DEFAULT_REGION": "eu-west-1"}
        cli = [str(pathlib.Path(sys.executable).parent / "aws"), "--endpoint-url", endpoint, "logs"]
        event = json.dumps([{"timestamp": now, "message": "from the command line, card 4111 1111 1111 1111"}])
        for arguments in (["create-log-stream", "--log-group-name", "/app", "--log-stream-name", "cli"],
                          ["put-log-events", "--log-group-name", "/app", "--log-stream-name", "cli", "--log-events", event]):
            subprocess.run(cli + arguments, env=environment, check=True, stdout=subprocess.DEVNULL)
    finally:
        proxy.terminate()
        proxy.wait(20)
    records = [json.loads(line) for line in (folder / "out").read_text().splitlines()]
    assert len(records) == EVENTS + 1, len(records)
    # Requests to a sink may overtake each other: what counts is that each record is there once.
    wanted = {f"n={number} mail=[EMAIL]\n  ssn=[US_SSN]" for number in range(EVENTS)}
    wanted.add("from the command line, card [PAN]")
    assert {record["message"] for record in records} == wanted, records[-1]
    assert all(record["log_group"] == "/app" and record["log_stream"] in ("s", "cli") for record in records)
    assert all(record["residency.region"] == "eu-west-1" for record in records)
    print(f"{len(records)} records: complete, masked, tagged")


with tempfile.TemporaryDirectory() as made:
    main(pathlib.Path(made))
