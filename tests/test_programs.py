"""A missing program skips a test and is named, or fails it where nothing may be skipped."""

import pytest

from tests.programs import require


def test_a_missing_program_fails_where_everything_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUIRE_ALL", "1")
    with pytest.raises(AssertionError, match="not installed: no-such-program or no-other"):
        require("no-such-program", "no-other")


def test_otherwise_it_skips_and_names_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUIRE_ALL", raising=False)
    with pytest.raises(pytest.skip.Exception, match="not installed: no-such-program"):
        require("no-such-program")


def test_the_first_one_installed_is_taken() -> None:
    assert require("no-such-program", "sh").endswith("/sh")
