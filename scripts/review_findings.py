#!/usr/bin/env python3
"""Counts the findings in a folder of logs by kind, for the tables of docs/accuracy.md.

Usage: scripts/review_findings.py [--lines] [--values] FOLDER
Environment: FIND names the program that prints findings as JSON lines
(default: `target/release/hushlog find --format jsonl`).

Prints a table: kind, findings, bytes, reasons, files. `--lines` adds the shapes of the
lines with findings (digit d, letters a and A), with the finding between « and », grouped
and counted. `--values` prints the lines themselves instead: only for eyes at the terminal,
never for a file that is kept.
"""
import collections
import json
import os
import re
import shlex
import subprocess
import sys


def shape(text):
    """Digits, lower-case and upper-case letters become d, a, A; long runs are shortened."""
    text = re.sub(r"[0-9]", "d", re.sub(r"[A-Z]", "A", re.sub(r"[a-z]", "a", text)))
    return re.sub(r"(.)\1{7,}", lambda run: run.group(1) * 8 + "…", text)


def main():
    flags = [word for word in sys.argv[1:] if word.startswith("--")]
    folders = [word for word in sys.argv[1:] if not word.startswith("--")]
    if len(folders) != 1 or set(flags) - {"--lines", "--values"}:
        sys.exit(__doc__)
    files = sorted(
        os.path.join(root, name) for root, _, names in os.walk(folders[0]) for name in names if name.endswith(".log")
    )
    program = shlex.split(os.environ.get("FIND", "target/release/hushlog find --format jsonl"))
    output = subprocess.run(program + files, check=True, stdout=subprocess.PIPE).stdout
    lines = {name: open(name, "rb").read().split(b"\n") for name in files}
    kinds = collections.defaultdict(list)
    for row in output.splitlines():
        finding = json.loads(row)
        kinds[finding["kind"]].append(finding)
    total = sum(os.path.getsize(name) for name in files)
    print(f"{len(files)} files, {sum(len(rows) - 1 for rows in lines.values())} lines, {total} bytes\n")
    print("| kind | findings | bytes | why | files |\n|---|---:|---:|---|---|")
    for kind, found in sorted(kinds.items()):
        size = sum(finding["end"] - finding["start"] for finding in found)
        why = collections.Counter(finding["why"] for finding in found)
        where = collections.Counter(os.path.basename(finding["file"]) for finding in found)
        text = lambda counts: ", ".join(f"{name} {count}" for name, count in counts.most_common(4))
        print(f"| {kind} | {len(found)} | {size} | {text(why)} | {text(where)} |")
    if not flags:
        return
    for kind, found in sorted(kinds.items()):
        print(f"\n== {kind}")
        seen = collections.Counter()
        for finding in found:
            raw = lines[finding["file"]][finding["line"] - 1]
            left, mid, right = raw[: finding["start"]], raw[finding["start"] : finding["end"]], raw[finding["end"] :]
            left, mid, right = (part.decode("latin-1") for part in (left[-60:], mid, right[:30]))
            if "--values" in flags:
                seen[f"{left}«{mid}»{right}"] += 1
            else:
                seen[f"{shape(left)}«{shape(mid)}»{shape(right)}"] += 1
        for text, count in seen.most_common(40):
            print(f"{count:6} {text}")


if __name__ == "__main__":
    main()
