"""Runs a page's commands as a reader would, and compares their output with what the page shows."""

import json
import re
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

_BETWEEN = "\x1e"
_INVISIBLE = re.compile(r"\r(?=\n)|\x1b\[[0-9;]*[A-Za-z]")  # what a terminal does not display
_ADDRESS = re.compile(r"localhost:(8080|8002)\b")


def commands(text: str) -> list[tuple[str, str]]:
    """The commands of a console block, which begin with `$ `, each with the output that is shown below it."""
    found: list[tuple[str, str]] = []
    for line in text.splitlines():
        if found and _is_open(found[-1][0]):
            found[-1] = (f"{found[-1][0]}\n{line}", "")
        elif line.startswith("$ "):
            found.append((line[2:], ""))
        else:
            assert found, f"a console block begins with a command: {line!r}"
            found[-1] = (found[-1][0], f"{found[-1][1]}{line}\n")
    return found


def _is_open(command: str) -> bool:
    """Whether a command continues in the next line."""
    if command.endswith("\\"):
        return True
    try:
        shlex.split(command, comments=True)
    except ValueError:
        return True
    return False


def at(text: str, host: str) -> str:
    """`text` with the pages' address replaced by that of the test's server."""
    return _ADDRESS.sub(host, text)


def run(text: str, folder: Path, environment: Mapping[str, str]) -> list[str]:
    """Runs the commands of a console block in one shell, which stops at the first that fails; returns their outputs.

    Raises:
        AssertionError: a command failed.
    """
    script = "".join(f"{command}\nprintf '\\036'\n" for command, _ in commands(text))
    return _shell(script, folder, environment).split(_BETWEEN)[:-1]


def run_script(text: str, folder: Path, environment: Mapping[str, str]) -> None:
    """Runs a bash block. Raises AssertionError if it fails."""
    _shell(text, folder, environment)


def _shell(script: str, folder: Path, environment: Mapping[str, str]) -> str:
    done = subprocess.run(
        ["bash", "-ec", script],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, f"it failed ({done.returncode}):\n{script}\n{done.stdout}{done.stderr}"
    return done.stdout


def parse_json(text: str) -> None:
    """Reads a json block: one value, or one a line. Raises ValueError where it is not JSON."""
    try:
        json.loads(text)
    except json.JSONDecodeError:
        for line in text.splitlines():
            json.loads(line)


def differs(output: str, shown: str) -> str | None:
    """How `output` differs from what is `shown`, or None. `…` stands for any text, alone in a line for any lines."""
    if not shown.strip():
        return None
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "…" else re.escape(line).replace("…", ".*?") + r"\n"
        for line in shown.strip("\n").splitlines()
    )
    output = _INVISIBLE.sub("", output).rstrip("\n") + "\n"
    return None if re.fullmatch(pattern, output) else f"shown:\n{shown}\nbut it was:\n{output}"
