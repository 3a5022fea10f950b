#!/usr/bin/env python3
"""Measures commands side by side: CPU seconds (user + system) of whole processes.

Usage: measure.py OUT.csv COMMIT ROUNDS < PLAN

PLAN has one measurement a line, tab-separated: corpus, file, mode, name, command. The
command is split by the shell's rules, no shell runs it. `mode` says where its standard input
and output are: `null` (file to /dev/null), `file` (file to file) or `pipe` (a `cat` of
the file through a pipe; its own CPU time is not counted, the output is discarded).
Every round runs all commands once, in turn, so that what the machine does meanwhile hits
all of them alike. The median of the rounds counts.
"""
import csv
import os
import platform
import shlex
import statistics
import subprocess
import sys
import tempfile


def run(command, environment, path, mode, scratch):
    """CPU seconds of one run."""
    source = None
    if mode == "pipe":
        source = subprocess.Popen(["cat", path], stdout=subprocess.PIPE)
        stdin = source.stdout
    else:
        stdin = open(path, "rb")
    stdout = open(scratch if mode == "file" else os.devnull, "wb")
    child = subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=subprocess.DEVNULL, env=environment)
    stdin.close()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if source:
        source.wait()
    stdout.close()
    if child.returncode != 0:
        sys.exit(f"failed with status {child.returncode}: {shlex.join(command)}")
    return usage.ru_utime + usage.ru_stime


def processor():
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as info:
        text = info.read()
    name = next((line.split(":", 1)[1].strip() for line in text.splitlines() if line.startswith("model name")), platform.machine())
    flags = next((line.split(":", 1)[1].split() for line in text.splitlines() if line.startswith("flags")), [])
    return name, " ".join(flag for flag in ("avx2", "avx512bw", "avx512vbmi", "avx512_vbmi2") if flag in flags)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    out, commit, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    plan = [line.rstrip("\n").split("\t") for line in sys.stdin if line.strip()]
    times = [[] for _ in plan]
    with tempfile.TemporaryDirectory() as folder:
        scratch = os.path.join(folder, "out")
        for _ in range(rounds):
            for (_, path, mode, _, command), taken in zip(plan, times):
                words = shlex.split(command)
                environment = dict(os.environ)
                while "=" in words[0]:
                    name, value = words.pop(0).split("=", 1)
                    environment[name] = value
                taken.append(run(words, environment, path, mode, scratch))
    name, flags = processor()
    with open(out, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["corpus", "mode", "name", "bytes", "cpu_seconds_median", "cpu_seconds_min", "cpu_seconds_max", "mb_per_cpu_second", "rounds", "commit", "cpu", "flags"])
        for (corpus, path, mode, label, _), taken in zip(plan, times):
            size, median = os.path.getsize(path), statistics.median(taken)
            row = [corpus, mode, label, size, f"{median:.4f}", f"{min(taken):.4f}", f"{max(taken):.4f}", f"{size / 1e6 / median:.1f}", rounds, commit, name, flags]
            writer.writerow(row)
            print(f"{corpus:10} {mode:5} {label:34} {size / 1e6 / median:9.1f} MB per CPU-second")


if __name__ == "__main__":
    main()
