"""Runs code and commands of the site with kept threads, as an operator does."""

import subprocess
import sys

from tests.server import ROOT, environment


def variables(database_url: str, **others: str) -> dict[str, str]:
    return {"THREADS": "true", "DATABASE_URL": database_url, **others}


def manage(database_url: str, *arguments: str, **others: str) -> str:
    """Runs `manage.py` and returns what it prints."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env=environment(**variables(database_url, **others)),
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def shell(database_url: str, code: str, **others: str) -> str:
    """Runs code with the models at hand, and returns what it prints."""
    models = "from assistant_transport.threads.models import Message, RunRecord, Thread\n"
    return manage(database_url, "shell", "--no-imports", "--command", models + code, **others)
