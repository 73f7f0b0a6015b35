"""Every command in the documentation works and prints what the page says."""

from pathlib import Path

import pytest

from tests.docs.pages import PAGES, Block, blocks, name
from tests.docs.session import IS_THE_TEMPLATE, Session
from tests.programs import require
from tests.server import ROOT, without_admin

RUN = {"console", "bash", "python", "yaml", "json"}
DATA = {"text", "mermaid"}
BLOCKS = {name(page): blocks(page) for page in PAGES}
WITH_BLOCKS = [page for page, found in BLOCKS.items() if any(block.language in RUN for block in found)]


def to_run(page: str) -> list[Block]:
    here = [block for block in BLOCKS[page] if not block.not_run and not block.run_by]
    return [block for block in here if block.language in RUN and not block.needs_docker]


def reads(test: str, page: str) -> bool:
    """Whether a test, by its path, names the page whose blocks it is said to run."""
    return (ROOT / test).is_file() and page in (ROOT / test).read_text()


@pytest.mark.parametrize("page", BLOCKS)
def test_every_block_is_run_or_says_why_not(page: str) -> None:
    unknown = [
        f"{block}: {block.language or 'no language'}"
        for block in BLOCKS[page]
        if not block.not_run and not block.run_by and block.language not in RUN | DATA
    ]
    assert not unknown
    assert not [f"{block}: {block.run_by}" for block in BLOCKS[page] if block.run_by and not reads(block.run_by, page)]
    assert not [block for block in BLOCKS[page] if block.not_run and block.language in DATA], "there is nothing to run"


@without_admin  # a database divides the frames that the pages show otherwise
@pytest.mark.timeout(400)  # `make run` may build the page first
@pytest.mark.parametrize("page", WITH_BLOCKS)
def test_what_a_page_shows_works(page: str, tmp_path: Path) -> None:
    require("curl")
    if not IS_THE_TEMPLATE and any(
        "$ make new " in block.text or "$ make rename " in block.text for block in to_run(page)
    ):
        pytest.skip("this is a project of its own already")
    session = Session(tmp_path)
    try:
        for block in to_run(page):
            session.run(block)
    finally:
        session.stop()


@pytest.mark.parametrize("page", WITH_BLOCKS)
def test_every_file_that_a_page_shows_is_used_by_a_command_below_it(page: str) -> None:
    found = to_run(page)
    for number, block in enumerate(found):
        if block.language == "python":
            assert block.file is not None, f"{block} begins with the path of its file"
            module = block.file.removesuffix(".py").replace("/", ".")
            later = "\n".join(other.text for other in found[number + 1 :])
            assert block.file in later or f"{module}." in later, f"{block}: nothing runs {block.file}"
