"""docs/operations.md, the alert rules and the code speak of the same metrics, and of the same alerts."""

import json
import re
from collections.abc import Iterator
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client import Counter, Histogram
from prometheus_client.metrics import MetricWrapperBase

from assistant_transport.telemetry import metrics
from tests.docs.pages import blocks
from tests.server import ROOT

RULES = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yaml").read_text())["groups"][0]["rules"]
DOCS = (ROOT / "docs/operations.md").read_text()


def ours() -> Iterator[tuple[str, MetricWrapperBase]]:
    """Our metrics by the names that Prometheus knows them by."""
    for metric in vars(metrics).values():
        if isinstance(metric, MetricWrapperBase):
            family = metric.describe()[0]
            yield family.name + ("_total" if isinstance(metric, Counter) else ""), metric


def samples() -> Iterator[tuple[str, set[str]]]:
    """The names that rules may select, and the labels of each."""
    for name, metric in ours():
        labels = set(metric._labelnames)
        if isinstance(metric, Histogram):
            yield f"{name}_bucket", labels | {"le"}
            yield f"{name}_count", labels
            yield f"{name}_sum", labels
        else:
            yield name, labels


def selectors(expression: Any) -> Iterator[Any]:
    """The vector selectors anywhere in a parsed expression."""
    if isinstance(expression, promql_parser.VectorSelector):
        yield expression
    for name in ("expr", "lhs", "rhs", "vector_selector", "vs"):
        if (part := getattr(expression, name, None)) is not None:
            yield from selectors(part)
    for part in getattr(expression, "args", ()):
        yield from selectors(part)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_is_whole_and_asks_for_metrics_that_there_are(rule: dict[str, Any]) -> None:
    assert set(rule) - {"for"} == {"alert", "expr", "labels", "annotations"}
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert rule["annotations"]["summary"].endswith(".")
    assert re.fullmatch(r"\d+[smh]", rule.get("for", "0s"))
    known = dict(samples())
    found = list(selectors(promql_parser.parse(rule["expr"])))
    assert len(found) == rule["expr"].count("assistant_")
    for selector in found:
        assert {matcher.name for matcher in selector.matchers.matchers} <= known[selector.name]


def test_every_alert_has_its_advice() -> None:
    advised = re.findall(r"^\| `(Assistant\w+)` \|", DOCS, re.MULTILINE)
    assert advised == [rule["alert"] for rule in RULES]


def test_the_docs_name_every_metric_as_it_is() -> None:
    rows = re.findall(r"^\| `(assistant_\w+)` \| (\w+) \| (.*?) ?\| (.*) \|$", DOCS, re.MULTILINE)
    assert rows == [
        (name, metric._type, ", ".join(metric._labelnames), metric._documentation) for name, metric in ours()
    ]


def test_the_example_lines_have_the_fields_that_the_docs_explain() -> None:
    (example,) = [block.text.splitlines() for block in blocks(ROOT / "docs/operations.md") if block.language == "json"]
    table = DOCS.partition("| field |")[2].partition("\n\n")[0]
    explained = set(re.findall(r"`(\w+)`", "".join(row.split("|")[1] for row in table.splitlines()[2:])))
    fields = {name for line in example for name in json.loads(line)}
    assert fields - {"time", "level", "logger", "message"} == explained - {
        "key",
        "code",
        "reason",
        "error_id",
        "traceback",
    }
