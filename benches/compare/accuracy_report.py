#!/usr/bin/env python3
"""Prints the tables of the comparison of findings.

Usage: accuracy_report.py FOLDER NAME=FINDINGS… [--misses NAME]

FOLDER is what accuracy_corpus.py wrote, FINDINGS what accuracy_tools.py wrote. A value is found
when every byte of it is covered, and partly found when some are. `--misses` lists, for one tool,
the places where it missed, by kind, carrier and key or sentence: counts and no values.
"""
import json
import sys
from collections import Counter
from pathlib import Path

from accuracy_corpus import PRIVATE

Spans = list[tuple[int, int]]

ORDER = ["email", "phone", "SSN", "card", "IBAN", "IP", "MAC", "name in prose", "name by key", "date of birth", "address", "API token", "private key",
         "password", "MRN", "NPI", "driver's licence", "passport"]
SECRETS = {"API token", "private key", "password"}
# What a tool has a detector for; without one, nothing found is no miss.
CLAIMS = {
    "Presidio": set(ORDER) - SECRETS - {"MRN", "NPI"},
    "Presidio for logs": set(ORDER) - SECRETS - {"MRN", "NPI", "date of birth", "address"},
    "scrubadub": {"email", "phone", "SSN", "card", "date of birth", "password"},
    "detect-secrets": SECRETS,
    "VRL redact": {"email", "phone", "SSN", "card", "IBAN", "IP", "API token", "MRN", "date of birth"},
}


def merged(spans: Spans) -> Spans:
    result: Spans = []
    for start, end in sorted(spans):
        if result and start < result[-1][1]:
            result[-1] = result[-1][0], max(end, result[-1][1])
        elif end > start:
            result.append((start, end))
    return result


def overlap(spans: Spans, start: int, end: int) -> int:
    return sum(max(0, min(end, right) - max(start, left)) for left, right in spans)


class Tool:
    def __init__(self, name: str, path: Path, lines: list[bytes]) -> None:
        self.name = name
        self.claims = CLAIMS.get(name, set(ORDER))
        self.totals: dict = {}
        self.kinds: Counter = Counter()
        raw: dict[tuple[str, int], Spans] = {}
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            if "totals" in row:
                self.totals = row["totals"]
                continue
            raw.setdefault((row["file"], row["line"]), []).append((row["start"], row["end"]))
            if row["file"] == "clean.log":
                line = lines[row["line"] - 1]
                self.kinds[row["kind"]] += overlap(neutral(line), row["start"], row["end"]) < row["end"] - row["start"]
        self.spans = {place: merged(spans) for place, spans in raw.items()}
        self.seen: Counter = Counter()
        self.full: Counter = Counter()
        self.part: Counter = Counter()
        self.missed: Counter = Counter()
        self.whole: set[int] = set()  # lines whose value is covered
        self.wrong = self.wrong_bytes = self.beside = 0

    def judge(self, labels: list[dict], lines: list[bytes]) -> None:
        for label in labels:
            spans = self.spans.get(("labelled.log", label["line"]), [])
            start, end = label["start"], label["end"]
            covered = overlap(spans, start, end)
            group = label["group"]
            self.seen[group] += 1
            if covered == end - start:
                self.full[group] += 1
                self.whole.add(label["line"])
            else:
                self.part[group] += covered > 0
                self.missed[label["kind"], label["carrier"], label["key"], "in part" if covered else "missed"] += 1
            kept = sum(overlap(spans, left, right) for left, right in label["neutral"])
            self.beside += sum(right - left for left, right in spans) - covered - kept
        for number, line in enumerate(lines, 1):
            private = neutral(line)
            for start, end in self.spans.get(("clean.log", number), []):
                bad = end - start - overlap(private, start, end)
                self.wrong += bad > 0
                self.wrong_bytes += bad

    def claimed(self) -> float:
        return sum(self.full[group] for group in self.claims) / sum(self.seen[group] for group in self.claims)


def neutral(line: bytes) -> Spans:
    return [(match.start(), match.end()) for match in PRIVATE.finditer(line)]


def row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    words = sys.argv[1:]
    misses = words.pop(words.index("--misses") + 1) if "--misses" in words else None
    if len(words) < 2:
        sys.exit(__doc__)
    folder = Path(words[0])
    labels = [json.loads(line) for line in (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines()]
    lines = (folder / "clean.log").read_bytes().split(b"\n")[:-1]
    size = (folder / "clean.log").stat().st_size
    tools = []
    for word in words[1:]:
        if word != "--misses":
            name, path = word.split("=", 1)
            tools.append(Tool(name, Path(path), lines))
    for tool in tools:
        tool.judge(labels, lines)
        if tool.name == misses:
            for place, count in sorted(tool.missed.items(), key=lambda item: (item[0][0], -item[1])):
                print(f"{count:5}  " + "  |  ".join(place))
            return
    print(row(["values", "lines", *(tool.name for tool in tools)]))
    print(row(["---", *["---:"] * (len(tools) + 1)]))
    for group in dict.fromkeys(label["group"] for label in sorted(labels, key=lambda label: ORDER.index(label["group"]))):
        cells = []
        for tool in tools:
            part = 100 * tool.part[group] / tool.seen[group]
            if not tool.full[group] and not tool.part[group] and group not in tool.claims:
                cells.append("–")
                continue
            cells.append(f"{100 * tool.full[group] / tool.seen[group]:.0f}" + (f" +{part:.0f}" if part >= 0.5 else ""))
        print(row([group, str(tools[0].seen[group]), *cells]))
    print(row(["all", str(len(labels)), *(f"{100 * sum(tool.full.values()) / len(labels):.1f}" for tool in tools)]))
    print(row(["all of its kinds", "", *(f"{100 * tool.claimed():.1f}" for tool in tools)]))
    print(row(["wrong findings per MB", "", *(f"{tool.wrong / size * 1e6:,.0f}" for tool in tools)]))
    print(row(["bytes wrongly masked, %", "", *(f"{100 * tool.wrong_bytes / size:.2f}" for tool in tools)]))
    print(row(["bytes masked beside a value, a line", "", *(f"{tool.beside / len(labels):.1f}" for tool in tools)]))
    print(row(["MB per CPU-second", "", *(f"{tool.totals['bytes'] / 1e6 / tool.totals['cpu']:.3g}" for tool in tools)]))
    print(row(["start-up, CPU seconds", "", *(f"{tool.totals['startup']:.2f}" for tool in tools)]))
    print()
    for tool in tools:
        common = ", ".join(f"{kind} {count}" for kind, count in tool.kinds.most_common(6))
        print(f"{tool.name}: on the lines without personal data {common or 'nothing'}")
    first = tools[0]
    for tool in tools[1:]:
        groups = Counter(label["group"] for label in labels if label["line"] in tool.whole - first.whole)
        print(f"{tool.name} found, {first.name} did not: " + (", ".join(f"{group} {count}" for group, count in groups.most_common()) or "nothing"))


if __name__ == "__main__":
    main()
