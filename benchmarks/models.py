"""The table of what a model's replies take: this project beside the same by hand, by each format of the providers."""

from collections.abc import Callable
from statistics import median

from benchmarks.conversation import LONG, SHORT, TOKENS
from benchmarks.report import Column, Samples, cell, of, table
from benchmarks.servers import BY_HAND, MEMORY, PROVIDERS

_NAMES = dict(zip(PROVIDERS, ("Chat Completions", "Responses", "Messages"), strict=True))
_TOKEN = of(f"{LONG}_server_us", TOKENS[LONG])
_SHORT = of(f"{SHORT}_server_us")

_COST: list[Column] = [
    ("CPU µs a token", _TOKEN, ".1f"),
    ("short reply, CPU µs", _SHORT, ".0f"),
    ("first byte p50, ms", of("first_p50"), ".2f"),
    ("first byte p99, ms", of("first_p99"), ".2f"),
]
_PACE: list[Column] = [
    ("between tokens p99, ms", of("gap_p99"), ".1f"),
    ("written to read p50, ms", of("delay_p50"), ".2f"),
    ("written to read p99, ms", of("delay_p99"), ".2f"),
    ("longest, ms", of("delay_longest"), ".1f"),
]
_SIZE: list[Column] = [
    ("resident, MB", of("worker_mb"), ".0f"),
    ("gunicorn's master, MB", of("master_mb"), ".0f"),
    ("import, CPU s", of("import_s"), ".2f"),
]
# What this project may take of what the peer takes: the requirement's limits.
_LIMITS: list[tuple[str, Callable[[dict[str, float]], float], float]] = [
    ("a token", _TOKEN, 0.45),
    ("a short reply", _SHORT, 1.2),
    ("memory", of("worker_mb"), 1.0),
]


def report(samples: Samples) -> str:
    rows = {}
    for name in PROVIDERS:
        rows[name] = f"{_NAMES[name]}, this project"
        rows[BY_HAND[name]] = f"{_NAMES[name]}, by hand"
    cost = table("server", {MEMORY: "no model: the reply is written here"} | rows, _COST, samples)
    sections = (cost, _ratios(samples), table("server", rows, _PACE, samples), table("server", rows, _SIZE, samples))
    return "## Models\n\n" + "\n".join(sections)


def _ratios(samples: Samples) -> str:
    """Of each round, this project's figure divided by the peer's."""
    titles = ["this project / by hand", *(f"{title} (at most {limit})" for title, _, limit in _LIMITS)]
    lines = [titles, ["---", *("---:" for _ in _LIMITS)]]
    for name in PROVIDERS:
        cells = []
        for _, value, limit in _LIMITS:
            pairs = zip(samples[name], samples[BY_HAND[name]], strict=True)
            ratios = [value(ours) / value(theirs) for ours, theirs in pairs]
            cells.append(f"{cell(ratios, '.2f')}, {'met' if median(ratios) <= limit else '**not met**'}")
        lines.append([_NAMES[name], *cells])
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
