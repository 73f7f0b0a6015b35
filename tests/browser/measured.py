"""Figures that the tests measure, in a file beside the screenshots. They depend on the machine as well as the page."""

import json
from typing import Any

from tests.browser.chat import SCREENSHOTS

FILE = SCREENSHOTS / "measured.json"


def record(topic: str, name: str, value: Any) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    known = json.loads(FILE.read_text()) if FILE.exists() else {}
    known.setdefault(topic, {})[name] = value
    FILE.write_text(json.dumps(known, indent=2, ensure_ascii=False) + "\n")
