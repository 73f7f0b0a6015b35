"""Servers as they are: what each case says of a server's stream, and what has to come of it, in both layouts.

`cases/README.md` names the servers that behave so, where it is reported, and how a case is written.
"""

import pytest

from tests.assistants.llm.player import CASES, Stages, load, play


@pytest.mark.parametrize("name", sorted(path.stem for path in CASES.glob("*.json")))
def test_case(name: str, layout: str, stages: Stages) -> None:
    play(load(name), layout, stages)
