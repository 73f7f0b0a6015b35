"""The image's command: checks the settings, then becomes gunicorn.

gunicorn reads WEB_CONCURRENCY on import, where an empty or wrong value is a bare traceback.
"""

import os
import sys
from pathlib import Path

from assistant_backend import environment

if __name__ == "__main__":
    environment.read()
    if not os.environ.get("WEB_CONCURRENCY", "").strip():
        os.environ.pop("WEB_CONCURRENCY", None)
    configuration = str(Path(__file__).with_name("gunicorn.conf.py"))
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "--config", configuration])  # noqa: S606 - as meant
