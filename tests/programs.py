"""Programs that tests need and this project does not install."""

import os
import shutil

import pytest


def require(*names: str) -> str:
    """Returns the path of the first of these programs that is installed.

    Without any, the test is skipped and names them, or fails if REQUIRE_ALL is set, as in CI.
    """
    for name in names:
        if path := shutil.which(name):
            return path
    missing = f"not installed: {' or '.join(names)}"
    assert not os.environ.get("REQUIRE_ALL"), missing
    pytest.skip(missing)
