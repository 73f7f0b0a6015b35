"""Makes a Django app, src/NAME, and its tests, tests/NAME, from scripts/app: `make new APP=NAME`."""

import re
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROJECT = ROOT / "src/assistant_backend/project.py"

NEXT = """\
src/{name} and tests/{name} are there, and {name} is one of APPS in src/assistant_backend/project.py. Next:

  echo DATABASE_URL=sqlite:///db.sqlite3 >> .env
  echo ASSISTANT={name}.assistant.Assistant >> .env
  .venv/bin/python manage.py migrate
  make run

With a model's key, leave ASSISTANT out, and let the model call the tools:

  echo SERVER_TOOLS={name}.tools.add_item,{name}.tools.list_items >> .env
"""


def problem(name: str) -> str | None:
    """Why `name` cannot be an app's, or None."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        return f"APP: {name!r} must be a Python name in lower case: make new APP=orders"
    if any((ROOT / folder / name).exists() for folder in ("src", "tests")) or find_spec(name) is not None:
        return f"APP: {name!r} is taken, by a folder here or by a package"
    return None


def with_app(project: str, name: str) -> str:
    """project.py's text with one app more."""
    changed, count = re.subn(r"(?m)^APPS: list\[str\] = \[", rf'\g<0>"{name}", ', project)
    if count != 1:
        raise SystemExit(f'project.py has no line "APPS: list[str] = […]": add {name} to the apps yourself')
    return changed.replace(", ]", "]")


def copy(folder: str, name: str) -> None:
    """Copies the example of src or tests; in its files the name `example` becomes `name`, and imports stay sorted."""
    target = ROOT / folder / name
    shutil.copytree(ROOT / "scripts/app" / folder / "example", target, ignore=shutil.ignore_patterns("__pycache__"))
    for file in target.rglob("*.py"):
        text = file.read_text().replace("example", name)
        file.write_text(re.sub(r"(?m)(?:^from .*\n)+", lambda block: "".join(sorted(block[0].splitlines(True))), text))


def main(name: str) -> None:
    if wrong := problem(name):
        raise SystemExit(wrong)
    project = with_app(PROJECT.read_text(), name)
    for folder in ("src", "tests"):
        copy(folder, name)
    PROJECT.write_text(project)
    print(NEXT.format(name=name), end="")


if __name__ == "__main__":
    main(sys.argv[1])
