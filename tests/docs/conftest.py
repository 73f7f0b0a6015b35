import pytest

from tests.docs.pages import PAGES, blocks


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Lists the blocks that no test runs, so that nothing is skipped silently."""
    terminalreporter.section("blocks of the pages that are not run")
    for page in PAGES:
        for block in blocks(page):
            if block.not_run:
                terminalreporter.write_line(f"{block}: {block.not_run}")
