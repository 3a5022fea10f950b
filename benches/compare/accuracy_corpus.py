#!/usr/bin/env python3
"""Writes the corpus of the comparison of findings.

Usage: accuracy_corpus.py FOLDER [VALUES-PER-KIND]

`labelled.log` has one value a line, `labels.jsonl` says where: group, carrier, bytes from START to
END, and `neutral` spans. `clean.log` has lines without personal data, many with a look-alike. A
private network address is neutral everywhere: whether it is personal depends on the site, so that
masking it is neither right nor wrong. The seed is fixed; the same call writes the same bytes.
"""
import json
import re
import string
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from urllib.parse import quote, quote_plus

import accuracy_values as values
from accuracy_values import chars, digits

SEED = 20260301
HEX = "0123456789abcdef"
PRIVATE = re.compile(rb"(?<![\d.])(?:10\.\d+|192\.168|127\.0)\.\d+\.\d+(?![\d.])")
SERVICES = "api checkout billing scheduler ingest gateway auth-service worker frontend portal claims mailer".split()
AGENTS = ["curl/8.5.0", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "okhttp/4.12.0",
          "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"]

Make = Callable[[Random], str]

# group, name, maker, keys that programs write, sentences of logs. Sentences of a kind whose format
# says nothing by itself (a record number, a licence) name it, as a reader needs that too.
KINDS: list[tuple[str, str, Make, list[str], list[str]]] = [
    ("email", "email", values.email,
     ["email", "user_email", "customerEmail", "to", "recipient", "contact", "login", "q"],
     ["sending password reset to {v}", "user {v} logged in", "bounce for <{v}>: mailbox full", "no account found for {v}, skipping",
      "invite accepted by {v} after 3 days", "Reply-To: {v}"]),
    ("phone", "phone", values.phone,
     ["phone", "phone_number", "mobile", "contactPhone", "tel", "caller", "msisdn", "cust_phone", "to"],
     ["sms to {v} failed: carrier error 30003", "customer asked for a callback at {v}", "call from {v} ended after 32 s", "verification code sent to {v}",
      "updated contact number {v} for the account", "Phone: {v}"]),
    ("SSN", "ssn", values.ssn,
     ["ssn", "social_security_number", "SSN", "taxId", "applicant_ssn", "ssn_number"],
     ["SSN {v} did not match the record", "identity check for social security number {v} passed", "applicant ssn: {v} rejected by bureau", "duplicate SSN={v} in batch 7"]),
    ("card", "card", values.card,
     ["card", "card_number", "pan", "cardNumber", "cc_number", "payment_card", "account"],
     ["payment with card {v} declined: insufficient funds", "charging {v} for order", "validation failed for {v}: expired", "Card number {v} was tokenised"]),
    ("IBAN", "iban", values.iban,
     ["iban", "IBAN", "account_iban", "payout_iban", "creditor", "bank_account"],
     ["transfer to {v} accepted", "payout account {v} is closed", "IBAN {v} failed validation", "direct debit from {v} returned AC04"]),
    ("IP", "ipv4", values.ipv4,
     ["client_ip", "remote_addr", "ip", "src", "peer", "clientIp", "x_forwarded_for"],
     ["Failed password for invalid user admin from {v} port 50122 ssh2", "connection from {v}:49152 accepted", "rate limit hit for {v}", "blocking [{v}] for 600 s",
      "upstream http://{v}:8080/health timed out"]),
    ("IP", "ipv6", values.ipv6,
     ["client_ip", "remote_addr", "ip", "src", "peer", "clientIp"],
     ["Accepted publickey for deploy from {v} port 50122 ssh2", "connection from [{v}]:49152 accepted", "rate limit hit for {v}", "neighbour {v} is unreachable"]),
    ("MAC", "mac", values.mac,
     ["mac", "hwaddr", "mac_address", "device", "bssid", "clientMac"],
     ["wlan0: associated with {v}", "DHCPDISCOVER from {v} via eth1", "new station {v} joined", "device {v} was paired"]),
    ("name in prose", "name", values.full_name, [],
     ["user {v} logged in from the mobile app", "patient {v} was admitted to ward 4", "ticket was assigned to {v}", "spoke to {v} about the refund",
      "Dear {v}, your order has shipped", "{v} approved the change request", "call with {v} moved to Tuesday", "signed by {v} on behalf of the tenant",
      "could not match {v} to a known account", "Dr. {v} signed the discharge letter"]),
    ("name by key", "name", values.full_name,
     ["name", "full_name", "customer_name", "patient_name", "displayName", "cardholder", "contact_name", "author", "assignee", "employee", "recipient_name"], []),
    ("name by key", "given name", lambda rng: rng.choice(values.GIVEN), ["first_name", "firstName", "given_name", "patient_first_name", "fname"], []),
    ("name by key", "family name", lambda rng: rng.choice(values.FAMILY), ["last_name", "lastName", "surname", "family_name", "lname"], []),
    ("date of birth", "dob", values.birth_date,
     ["dob", "date_of_birth", "birthDate", "birthdate", "birthday", "DOB", "patient_dob", "born"],
     ["DOB {v} does not match the insurance record", "patient born on {v} was admitted", "date of birth: {v}", "born {v}, consent on file", "Birthday {v} is not valid"]),
    ("address", "address", values.address,
     ["address", "street", "shipping_address", "billingAddress", "address_line1", "home_address", "deliver_to"],
     ["shipping to {v}", "Address: {v}", "courier could not find {v}, returning to depot", "customer moved to {v} last week"]),
    ("API token", "aws id", values.aws_id,
     ["aws_access_key_id", "access_key", "AWS_ACCESS_KEY_ID", "key", "accessKeyId"],
     ["using credentials {v} from the environment", "InvalidClientTokenId for {v}", "export AWS_ACCESS_KEY_ID={v}"]),
    ("API token", "aws secret", values.aws_secret,
     ["aws_secret_access_key", "AWS_SECRET_ACCESS_KEY", "secretAccessKey", "secret_key", "aws_secret"],
     ["export AWS_SECRET_ACCESS_KEY={v}", "loaded aws secret key {v} from profile"]),
    ("API token", "github", values.github,
     ["token", "github_token", "GITHUB_TOKEN", "password", "gh_pat"],
     ["cloning https://x-access-token:{v}@github.com/acme/app.git", "bad credentials: {v}", "Authorization: token {v}"]),
    ("API token", "slack", values.slack,
     ["slack_token", "token", "SLACK_BOT_TOKEN", "bot_token"],
     ["invalid_auth for {v}", "posting with {v} to channel deploys", "Authorization: Bearer {v}"]),
    ("API token", "stripe", values.stripe,
     ["stripe_key", "STRIPE_SECRET_KEY", "api_key", "stripeApiKey"],
     ["No such customer, request made with {v}", "Invalid API Key provided: {v}", "curl -u {v}: /v1/charges"]),
    ("API token", "jwt", values.jwt,
     ["token", "access_token", "id_token", "jwt", "authorization"],
     ["Authorization: Bearer {v}", "rejected token {v}: expired", "session {v} was revoked"]),
    ("private key", "pem", values.private_key, ["private_key", "key", "tls.key", "pem", "content"], ["loaded key {v}", "could not parse {v}"]),
    ("password", "password", values.password,
     ["password", "passwd", "pwd", "db_password", "userPassword", "DB_PASS", "REDIS_PASSWORD", "secret"],
     ["connecting to postgres://app:{v}@db.internal:5432/orders", "mysqldump --user=root --password={v} orders", "login failed for admin with password {v}",
      "temporary password: {v}", "sshpass -p {v} scp dump.sql backup1:/srv"]),
    ("MRN", "mrn", values.mrn,
     ["mrn", "MRN", "patient_mrn", "medical_record_number", "medicalRecordNumber", "patient_id"],
     ["patient MRN {v} admitted to ward 4", "no chart for medical record number {v}", "MRN: {v} merged", "MRN#{v} has two open orders"]),
    ("NPI", "npi", values.npi,
     ["npi", "provider_npi", "NPI", "renderingProviderNpi", "npi_number"],
     ["claim denied for NPI {v}", "provider NPI: {v} is not enrolled", "rendering provider (NPI {v}) is inactive"]),
    ("driver's licence", "licence", values.licence,
     ["drivers_license", "driver_license", "dl_number", "driverLicenseNumber", "license_number", "dln"],
     ["driver's license {v} could not be verified", "license number {v} has expired", "DL: {v} scanned at the desk", "driver license no. {v} matches"]),
    ("passport", "passport", values.passport,
     ["passport", "passport_number", "passportNo", "travel_document", "passport_id"],
     ["passport {v} was scanned at gate 3", "passport number {v} is on the list", "Passport No: {v} expires soon", "traveller with passport no. {v} checked in"]),
]


def when(rng: Random) -> str:
    return f"2026-{rng.randint(1, 9):02}-{rng.randint(1, 28):02}T{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}.{rng.randint(0, 999):03}Z"


def head(rng: Random) -> str:
    """The start of a line as loggers write it."""
    service, level = rng.choice(SERVICES), rng.choice(["INFO", "INFO", "WARN", "ERROR", "DEBUG"])
    day = f"{rng.choice(['Jan', 'Feb', 'Mar', 'Apr'])} {rng.randint(1, 28):2} {rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}"
    return rng.choice([f"{when(rng)} {level} {service}: ", f"{when(rng).replace('T', ' ').replace('.', ',')[:-1]} [{service}-{rng.randint(1, 32)}] {level} - ",
                       f"{when(rng)} {level} [{service}] ", f"{day} host{rng.randint(1, 40)} {service}[{rng.randint(200, 65000)}]: ",
                       f"<{rng.randint(8, 190)}>1 {when(rng)} host{rng.randint(1, 40)} {service} {rng.randint(200, 65000)} - - ", "", f"[{level}] "])


def json_text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)[1:-1]


def logfmt_text(value: str) -> str:
    escaped = json_text(value)
    return f'"{escaped}"' if escaped != value or any(sign in value for sign in ' "=') else value


def keyed(rng: Random, key: str, value: str) -> tuple[str, str, str, str]:
    """Carrier, text before the value, the value as written, text behind it."""
    service, number, level = rng.choice(SERVICES), rng.randint(1, 900), rng.choice(["info", "warn", "error"])
    carrier = rng.choice(["logfmt", "json", "json", "nested json", "access log", "key: value", "syslog"])
    if carrier == "logfmt":
        written = logfmt_text(value)
        return carrier, f"time={when(rng)} level={level} svc={service} {key}=", written, f" took={number}ms status={rng.choice([200, 201, 404, 500])}"
    if carrier == "json":
        gap = rng.choice(["", " "])
        return carrier, f'{{"ts":"{when(rng)}","level":"{level}","{key}":{gap}"', json_text(value), f'","n":{number}}}'
    if carrier == "nested json":
        return carrier, f'{{"ts":"{when(rng)}","msg":"request","data":{{"id":{number},"user":{{"{key}":"', json_text(value), f'"}}}},"svc":"{service}"}}'
    if carrier == "access log":
        written = rng.choice([quote, quote_plus])(value, safe="")
        address = f"10.{rng.randint(0, 250)}.{rng.randint(0, 250)}.{rng.randint(1, 250)}"
        start = f'{address} - - [0{rng.randint(1, 9)}/Mar/2026:10:{rng.randint(10, 59)}:0{rng.randint(0, 9)} +0000] "GET /v1/{service}?page={rng.randint(1, 9)}&{key}='
        return carrier, start, written, f'&sort=asc HTTP/1.1" 200 {rng.randint(100, 99999)} "-" "{rng.choice(AGENTS)}"'
    if carrier == "syslog":
        start = f'<{rng.randint(8, 190)}>1 {when(rng)} host{rng.randint(1, 40)} {service} {number} ID47 [meta@32473 {key}="'
        return carrier, start, json_text(value).replace("]", "\\]"), f'" seq="{rng.randint(1, 9999)}"] request done'
    return carrier, f"{head(rng)}request failed, {key}: ", json_text(value), rng.choice(["", f", attempt {rng.randint(1, 5)}", f" (code {number})"])


def prose(rng: Random, sentence: str, value: str) -> tuple[str, str, str, str]:
    if "://" in sentence and ":{v}@" in sentence:
        value = quote(value, safe="")
    if sentence.startswith(("sshpass", "mysqldump")) and not value.replace("-", "").isalnum():
        value = f"'{value}'"
    before, after = sentence.split("{v}")
    written = json_text(value)
    if rng.random() < 0.35:
        return "json message", f'{{"ts":"{when(rng)}","level":"info","msg":"{json_text(before)}', written, f'{json_text(after)}","svc":"{rng.choice(SERVICES)}"}}'
    return "text", head(rng) + before, written, after


def clean_line(rng: Random) -> str:
    """A line without personal data; most hold something that looks like it."""
    def hexes(count: int) -> str:
        return chars(rng, HEX, count)
    uuid = f"{hexes(8)}-{hexes(4)}-4{hexes(3)}-{rng.choice('89ab')}{hexes(3)}-{hexes(12)}"
    service, other, n = rng.choice(SERVICES), rng.choice(SERVICES), rng.randint(1, 99999)
    private = rng.choice([f"10.{rng.randint(0, 250)}.{rng.randint(0, 250)}.{rng.randint(1, 250)}", f"192.168.{rng.randint(0, 9)}.{rng.randint(1, 250)}", "127.0.0.1"])
    epoch, version = rng.randint(1_760_000_000, 1_790_000_000), f"{rng.randint(0, 14)}.{rng.randint(0, 30)}.{rng.randint(0, 9)}"
    shape = rng.choice([
        lambda: f"{head(rng)}trace_id={hexes(32)} span_id={hexes(16)} duration={n / 1000:.3f}ms",
        lambda: f'{{"ts":{epoch}.{digits(rng, 6)},"level":"info","logger":"{service}","request_id":"{uuid}","status":200,"latency_ms":{n}}}',
        lambda: f"{head(rng)}upgraded {service} from {version} to {version}.{rng.randint(1, 99)} (build {digits(rng, 9)})",
        lambda: f"{digits(rng, 6)} {digits(rng, 6)} {rng.randint(10, 99)} INFO dfs.DataNode$PacketResponder: Received block blk_-{rng.randint(1, 9)}{digits(rng, 18)} of size 67108864",
        lambda: f"{head(rng)}image registry.internal/{service}@sha256:{hexes(64)} pulled in {n}ms",
        lambda: f"{head(rng)}commit {hexes(40)} merged into release-{version}",
        lambda: f"{head(rng)}offset={digits(rng, 13)} partition={rng.randint(0, 63)} lag={n} epoch_ns={epoch}{digits(rng, 9)}",
        lambda: f"{head(rng)}order {digits(rng, 9)} moved to state SHIPPED, warehouse {rng.randint(1, 40)}",
        lambda: f"{head(rng)}job_id={digits(rng, 10)} task={digits(rng, 16)} retries={rng.randint(0, 5)} exit=0",
        lambda: f"{head(rng)}listening on {private}:{rng.randint(1024, 65000)}",
        lambda: f'{private} - - [0{rng.randint(1, 9)}/Mar/2026:10:{rng.randint(10, 59)}:01 +0000] "GET /static/app.{hexes(8)}.js?v={version} HTTP/1.1" 304 0 "-" "{rng.choice(AGENTS)}"',
        lambda: f"{head(rng)}session opened for service {service}, ticket {uuid}",
        lambda: f"{head(rng)}tls certificate fingerprint {':'.join(hexes(2).upper() for _ in range(20))}",
        lambda: f"{head(rng)}GPU 0000:{hexes(2)}:00.0 temperature {rng.randint(30, 90)}C, driver 535.{rng.randint(10, 200)}.{rng.randint(10, 99)}",
        lambda: f"{head(rng)}password reset page rendered in {n} us",
        lambda: f"{head(rng)}password=null user=null, skipping authentication of health check",
        lambda: f"time={when(rng)} level=info svc={service} name={other}-{hexes(10)}-{chars(rng, 'bcdfghjklmnpqrstvwxz2456789', 5)} ready=true",
        lambda: f"{head(rng)}java.lang.IllegalStateException: {service.title()}Handler@{hexes(7)} closed at Main.java:{rng.randint(10, 900)}",
        lambda: f"{head(rng)}cloning git@git.internal:{service}/{other}.git at depth 1",
        lambda: f"{head(rng)}loaded icon@2x.png ({n} bytes), etag \"{hexes(32)}\"",
        lambda: f"{head(rng)}epoch {rng.randint(1, 90)} step {n} loss {rng.random():.4f} lr {rng.random() / 1000:.2e} tokens={n * 64} grad_norm {rng.random():.3f}",
        lambda: f"{head(rng)}Cassandra node joined the ring, token {rng.choice(['-', ''])}{rng.randint(1, 9)}{digits(rng, 18)}",
        lambda: f"{head(rng)}Jenkins agent {rng.choice(['Victoria', 'Mercury', 'Apollo', 'Thor'])}-{rng.randint(1, 20)} went online",
        lambda: f"{head(rng)}kernel: [{n}.{digits(rng, 6)}] eth0: link up, {rng.choice([1000, 10000])} Mbps, irq {rng.randint(10, 200)} at 0x{hexes(12)}",
        lambda: f"{head(rng)}address 0x{hexes(12)} already in use by thread {digits(rng, 15)}",
        lambda: f"{head(rng)}slow query ({n} ms): SELECT id, state FROM {service.replace('-', '_')} WHERE id IN ({n}, {n + 7}) LIMIT 500",
        lambda: f"{head(rng)}retrying in {rng.randint(1, 60)}s: connect to {other}.svc.cluster.local:{rng.randint(1024, 65000)} refused",
        lambda: f"{head(rng)}passport strategy \"local\" registered; license: MIT; card0: no display connected",
        lambda: f"{head(rng)}range {digits(rng, 3)}-{digits(rng, 3)}-{digits(rng, 4)} of part {rng.choice('ABCDXYZ')}{digits(rng, 7)} written to /var/lib/{service}/{digits(rng, 5)}.sst",
        lambda: f'{{"level":"debug","msg":"cache {rng.choice(["hit", "miss"])}","key":"{service}:v2:{hexes(24)}","ttl":{rng.randint(1, 3600)},"size":{digits(rng, 7).lstrip("0") or 0}}}',
        lambda: f"{head(rng)}backup of {service} from {epoch} to {epoch + n}: {n} files, {digits(rng, 11).lstrip('0') or 0} bytes, md5 {hexes(32)}",
        lambda: f"{head(rng)}part number {''.join(rng.choice(string.ascii_uppercase) for _ in range(2))}{digits(rng, 2)}{digits(rng, 12)} is not in stock",
        lambda: f"{head(rng)}Tests run: {n}, failures: 0, coverage {rng.random() * 100:.2f}%, seed {digits(rng, 10)}",
        lambda: f"{head(rng)}feature flag new-checkout enabled for {rng.randint(1, 99)}% of tenants; cohort {hexes(6)}",
        lambda: f"{head(rng)}lease {digits(rng, 19)} renewed for member {hexes(16)}, revision {n}",
        lambda: f"{head(rng)}first seen 2026-0{rng.randint(1, 9)}-1{rng.randint(0, 9)}, expires 0{rng.randint(1, 9)}/2{rng.randint(0, 8)}/2027, next run Monday at 03:00",
    ])
    return shape()


def neutral(line: bytes) -> list[list[int]]:
    return [[match.start(), match.end()] for match in PRIVATE.finditer(line)]


def main() -> None:
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    folder, per_kind = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) == 3 else 160
    folder.mkdir(parents=True, exist_ok=True)
    rng = Random(SEED)
    lines: list[tuple[bytes, dict]] = []
    for group, kind, make, keys, sentences in KINDS:
        for turn in range(per_kind):
            value = make(rng)
            if keys and (not sentences or turn % 2):
                carrier, before, written, after = keyed(rng, key := rng.choice(keys), value)
            else:
                key = ""
                carrier, before, written, after = prose(rng, sentence := rng.choice(sentences), value)
            start = len(before.encode())
            end = start + len(written.encode())
            # Quotes that the carrier needs are no part of the value.
            if written[0] == written[-1] and written[0] in "\"'":
                start, end = start + 1, end - 1
            line = (before + written + after).encode()
            lines.append((line, {"group": group, "kind": kind, "carrier": carrier, "key": key or sentence, "start": start, "end": end, "neutral": neutral(line)}))
    rng.shuffle(lines)
    with open(folder / "labelled.log", "wb") as log, open(folder / "labels.jsonl", "w", encoding="utf-8") as labels:
        for number, (line, label) in enumerate(lines, 1):
            log.write(line + b"\n")
            labels.write(json.dumps({"line": number, **label}, ensure_ascii=False) + "\n")
    clean = [clean_line(rng) for _ in range(len(lines))]
    (folder / "clean.log").write_text("\n".join(clean) + "\n", encoding="utf-8")
    print(f"{len(lines)} lines with one value each, {len(clean)} lines without")


if __name__ == "__main__":
    main()
