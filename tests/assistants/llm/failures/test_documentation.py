"""The pages name every reason that the code has, and no other."""

import re

from assistant_transport.assistants.llm.failures import SENTENCES
from tests.server import ROOT


def rows(page: str, columns: int) -> dict[str, str]:
    """The reasons of a page's table, each with what stands in its last column."""
    text = (ROOT / page).read_text()
    found = re.findall(r"^\| `([a-z_]+)` \|" + r"(?:[^|\n]*\|)" * (columns - 2) + r" ([^|\n]*) \|$", text, re.MULTILINE)
    return {reason: last for reason, last in found if reason in SENTENCES or columns == 3}


def test_the_page_on_models_has_every_sentence() -> None:
    documented = rows("docs/models.md", 3)
    assert list(documented) == list(SENTENCES)
    for reason, sentence in SENTENCES.items():
        pattern = re.escape(sentence).replace(r"\{when\}", "in .+").replace(r"\{rounds\}", "8 times")
        assert re.fullmatch(pattern, documented[reason])


def test_the_page_for_operators_says_what_to_do_about_each() -> None:
    documented = rows("docs/operations.md", 2)
    assert list(documented) == list(SENTENCES)
