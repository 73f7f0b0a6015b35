#!/usr/bin/env python
"""The server on HOST:PORT, without reload."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "src"))

from assistant_backend.server import main

if __name__ == "__main__":
    main()
