"""The figures of the last measurement, as JSON: build/benchmarks.json."""

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[1] / "build/benchmarks.json"


def save(part: str, disturbance: object, found: Any) -> None:
    """Keeps what a part has found, with what disturbed it, in the place of what it found before."""
    parts = json.loads(FILE.read_text()) if FILE.exists() else {}
    parts[part] = {"disturbance": str(disturbance), "found": found}
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(parts, indent=1) + "\n")
