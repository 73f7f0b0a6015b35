"""Checks the page for accessibility problems with axe-core."""

from dataclasses import dataclass
from functools import cache

from playwright.sync_api import Page

from tests.server import ROOT

SERIOUS = ("serious", "critical")


@dataclass(frozen=True)
class Finding:
    impact: str
    rule: str
    where: str

    def __str__(self) -> str:
        return f"{self.impact} {self.rule}: {self.where}"


@cache
def _axe() -> str:
    return (ROOT / "frontend/node_modules/axe-core/axe.min.js").read_text()


def findings(page: Page) -> list[Finding]:
    """What axe finds on the page now. axe is evaluated, not loaded: the page's policy blocks added scripts."""
    page.evaluate(_axe())
    result = page.evaluate("axe.run({ resultTypes: ['violations'] })")
    return [
        Finding(violation["impact"], violation["id"], f"{node['html'][:200]} {node['failureSummary']}")
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
