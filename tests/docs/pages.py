"""The template's pages: their fenced blocks, headings and links. A project's own pages are not held to anything."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.server import ROOT

README = ROOT / "README.md"
# The template's README says so; who replaces it has one of their own.
README_IS_THE_TEMPLATES = "<!-- tests/docs runs this page -->" in README.read_text()
OWN = ROOT / "docs/project"
# What docs/own.md says may be deleted: links to it may lead nowhere.
DELETABLE = re.findall(r"^\$ rm -r (.*)$", (ROOT / "docs/own.md").read_text(), re.MULTILINE)[0].split()
PAGES = ([README] if README_IS_THE_TEMPLATES else []) + sorted(
    path for path in (ROOT / "docs").rglob("*") if path.suffix in (".md", ".mdx") and OWN not in path.parents
)

_FENCE = re.compile(r"(`{3,})(\w*)(.*)")
# MDX, the format of upstream's site, has no HTML comments.
_NOT_RUN = re.compile(r"<!-- not run: (.+) -->|\{/\* not run: (.+) \*/\}")
_RUN_BY = re.compile(r"<!-- run by (\S+) -->")
_TITLE = re.compile(r'title="([^"]+)"')
_PATH = re.compile(r"# ([\w./-]+\.\w+)")
_LINK = re.compile(r"(?<!`)\[[^\]]*\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page. `not_run` is the reason above it why no test runs it.

    `run_by` is the test that runs it in its own way.
    """

    page: str
    line: int
    language: str
    text: str
    title: str | None
    not_run: str | None
    run_by: str | None

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def file(self) -> str | None:
        """The path of the file that the block shows, from its title or its first line."""
        path = _PATH.fullmatch(self.text.partition("\n")[0])
        return self.title or (path[1] if path else None)

    @property
    def needs_docker(self) -> bool:
        return self.language in ("console", "bash") and bool(re.search(r"^(\$ )?\s*docker ", self.text, re.MULTILINE))


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path) -> list[Block]:
    """The page's fenced blocks, in order."""
    found = []
    lines = enumerate(page.read_text().splitlines(), start=1)
    above = ""
    for number, line in lines:
        fence = _FENCE.fullmatch(line)
        if fence is None:
            above = line or above
            continue
        text = []
        for _, content in lines:
            if content == fence[1]:
                break
            text.append(content)
        marked = _NOT_RUN.fullmatch(above.strip())
        title = _TITLE.search(fence[3])
        reason = (marked[1] or marked[2]) if marked else None
        elsewhere = _RUN_BY.fullmatch(above.strip())
        run_by = elsewhere[1] if elsewhere else None
        found.append(Block(name(page), number, fence[2], "\n".join(text), title[1] if title else None, reason, run_by))
        above = ""
    return found


def _prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return re.sub(r"^(`{3,}).*?^\1$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)


def links(page: Path) -> list[str]:
    return [first or second for first, second in _LINK.findall(_prose(page))]


def anchors(page: Path) -> set[str]:
    """The anchors of the page's headings, as GitHub generates them."""
    headings = re.findall(r"^#{1,6} (.+)$", _prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def verbs(page: Path) -> set[str]:
    """The `make` verbs that the page mentions."""
    return set(re.findall(r"\bmake ([a-z]+(?:-[a-z]+)*)`", page.read_text())) | {
        verb
        for block in blocks(page)
        if block.language in ("console", "bash")
        for verb in re.findall(r"(?:^\$ |^|\s)make ([a-z]+(?:-[a-z]+)*)\b", block.text, re.MULTILINE)
    }
