"""Links inside the project lead somewhere, and every `make` verb that a page mentions exists."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import DELETABLE, PAGES, README, anchors, links, name, verbs
from tests.server import ROOT


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_inside_the_project_leads_somewhere(page: Path) -> None:
    for link in links(page):
        target, _, anchor = link.partition("#")
        if re.match(r"\w+:", link) or target.startswith("/"):
            continue  # another site, or a path on upstream's site
        path = (page.parent / target).resolve() if target else page
        if not path.exists() and any(path.is_relative_to(ROOT / folder) for folder in DELETABLE):
            continue
        assert path.exists(), f"{name(page)}: {link}"
        if anchor:
            assert anchor in anchors(path), f"{name(page)}: {link}"


def test_every_page_is_reached_from_the_index() -> None:
    index = ROOT / "docs/README.md"
    reached = {(index.parent / link.partition("#")[0]).resolve() for link in links(index)}
    assert not [name(page) for page in PAGES if page.suffix == ".md" and page != index and page not in reached]


def test_make_has_every_verb_that_a_page_mentions() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        assert verbs(page) <= targets, f"{name(page)}: {verbs(page) - targets}"


def test_the_readme_is_short() -> None:
    assert README not in PAGES or len(README.read_text().splitlines()) < 150
