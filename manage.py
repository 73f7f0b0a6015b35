#!/usr/bin/env python
"""Django's command line; without arguments, the development server with reload on HOST:PORT."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "src"))


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assistant_backend.settings")
    if len(sys.argv) == 1:
        os.environ.setdefault("DEBUG", "true")
        os.environ.setdefault("ALLOW_ANONYMOUS", "true")
        sys.argv.append("runserver")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
