#!/usr/bin/env python3
"""Builds a corpus from real logs: real_corpus.py FOLDER BYTES OUT.log OUT.json

Takes the lines of every *.log file in FOLDER again and again until BYTES are written;
2 % of the lines get a synthetic value behind them, drawn anew each time. The same lines are
written as JSON records too. The seed is fixed.
"""
import glob
import json
import os
import random
import sys

RANDOM = random.Random(7)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def text(alphabet, count):
    return "".join(RANDOM.choice(alphabet) for _ in range(count))


def luhn(body):
    total = sum(d if at % 2 else (d * 2 - 9 if d > 4 else d * 2) for at, d in enumerate(int(c) for c in reversed(body)))
    return body + str(-total % 10)


def iban():
    account = text("0123456789", 18)
    return f"DE{98 - int(account + '131400') % 97:02d}{account}"


VALUES = [
    lambda: f" mail to user{RANDOM.randrange(10000)}@example.com queued",
    lambda: f" applicant {RANDOM.randrange(1, 666):03d}-{RANDOM.randrange(1, 100):02d}-{RANDOM.randrange(1, 10000):04d} verified",
    lambda: " card " + luhn("4" + text("0123456789", 14)) + " approved",
    lambda: f" call 415-555-{RANDOM.randrange(10000):04d} back",
    lambda: f" transfer to {iban()} ok",
    lambda: f" from {RANDOM.randrange(24, 100)}.{RANDOM.randrange(256)}.{RANDOM.randrange(256)}.{RANDOM.randrange(1, 255)}",
    lambda: " using key AKIA" + text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16),
    lambda: " session eyJhbGciOi" + f"JIUzI1NiIsInR5cCI6IkpXVCJ9.{text(LETTERS, 48)}.{text(LETTERS, 43)} renewed",
    lambda: f" mrn={text('0123456789', 8)}",
    lambda: f" dob={RANDOM.randrange(1930, 2005)}-{RANDOM.randrange(1, 13):02d}-{RANDOM.randrange(1, 29):02d}",
    lambda: " Authorization: Bearer " + text(LETTERS, 40),
]


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    folder, size, plain, records = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
    lines = []
    for path in sorted(glob.glob(os.path.join(folder, "*.log"))):
        with open(path, encoding="utf-8", errors="replace") as file:
            lines += file.read().split("\n")[:-1]
    if not lines:
        sys.exit(f"no lines in *.log of {folder}")
    written = 0
    with open(plain, "w", encoding="utf-8") as out, open(records, "w", encoding="utf-8") as json_out:
        while written < size:
            for line in lines:
                if RANDOM.random() < 0.02:
                    line += RANDOM.choice(VALUES)()
                out.write(line + "\n")
                record = {"time": "2026-11-22T02:11:50.123Z", "level": "INFO", "host": "node-7", "message": line}
                json_out.write(json.dumps(record) + "\n")
                written += len(line) + 1


if __name__ == "__main__":
    main()
