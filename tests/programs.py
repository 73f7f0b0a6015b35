"""Programs that tests need and this project does not bring along."""

import os
import shutil

import pytest


def require(*names: str) -> str:
    """The path of the first of the programs that is installed.

    Without any the test is skipped by their names, or fails where REQUIRE_ALL is set, as in CI.
    """
    for name in names:
        if path := shutil.which(name):
            return path
    missing = f"not installed: {' or '.join(names)}"
    assert not os.environ.get("REQUIRE_ALL"), missing
    pytest.skip(missing)
