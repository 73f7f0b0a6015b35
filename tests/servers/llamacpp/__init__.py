"""llama.cpp's own HTTP server (the wheel xllamacpp), with a tiny model whose answers are known."""

import os
from importlib.util import find_spec

import pytest


def require() -> None:
    """Skips the test where the wheel is not installed, as on other systems than Linux; fails if REQUIRE_ALL is set."""
    if find_spec("xllamacpp") is None:
        assert not os.environ.get("REQUIRE_ALL"), "not installed: xllamacpp"
        pytest.skip("not installed: xllamacpp")
