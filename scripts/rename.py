"""Gives the project another name wherever the template's stands: `make rename NAME=acme-chat`.

It can be run again, after a later version of the template was taken in.
"""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NAME = "assistant-transport-backend-django"
# What speaks of the template itself: who wrote it, and what changed in it.
KEPT = {"LICENSE", "CHANGELOG.md", "docs/upstream", "scripts/rename.py"}
MADE = {".git", ".venv", "node_modules", "build", "dist", "staticfiles", "__pycache__"}


def files() -> Iterator[Path]:
    for folder, folders, names in os.walk(ROOT):
        here = Path(folder)
        folders[:] = sorted(
            name for name in folders if name not in MADE and str((here / name).relative_to(ROOT)) not in KEPT
        )
        yield from (here / name for name in sorted(names) if str((here / name).relative_to(ROOT)) not in KEPT)


def main(name: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise SystemExit(f"NAME: {name!r} must be lower case, with single hyphens: make rename NAME=acme-chat")
    for file in files():
        try:
            text = file.read_text()
        except UnicodeDecodeError:
            continue
        if count := text.count(NAME):
            file.write_text(text.replace(NAME, name))
            print(f"{file.relative_to(ROOT)}: {count}")


if __name__ == "__main__":
    main(sys.argv[1])
