"""The documentation's commands that need the composed system work as it says; tests/docs runs all others."""

from itertools import dropwhile
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, Block, blocks, name
from tests.docs.session import ComposeSession

BLOCKS = {name(page): [block for block in blocks(page) if not block.not_run and not block.run_by] for page in PAGES}


def for_compose(page: str) -> list[Block]:
    """The blocks for the composed system: docker commands and, after those, requests to its address."""
    return [
        block
        for block in dropwhile(lambda block: not block.needs_docker, BLOCKS[page])
        if block.needs_docker or (block.language == "console" and "localhost:8080" in block.text)
    ]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("page", [page for page, found in BLOCKS.items() if any(block.needs_docker for block in found)])
def test_what_a_page_shows_with_the_composed_system_works(
    page: str, image: str, certificate: Path, tmp_path: Path
) -> None:
    session = ComposeSession(tmp_path, "assistant-transport-docs", certificate)
    try:
        for block in for_compose(page):
            session.run(block)
    finally:
        session.stop()
