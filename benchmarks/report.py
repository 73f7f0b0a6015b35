"""The tables, in Markdown."""

from collections.abc import Callable, Sequence
from statistics import median

from benchmarks.conversation import LONG, PACED, SHORT, TOKENS
from benchmarks.servers import MEMORY, VALKEY, WITHOUT_LOG

Samples = dict[str, list[dict[str, float]]]
Column = tuple[str, Callable[[dict[str, float]], float], str]  # title, value of one round, format

ALLOWED_RATIO = 1.2


def of(name: str, divisor: int = 1) -> Callable[[dict[str, float]], float]:
    return lambda found: found[name] / divisor


COST: list[Column] = [
    ("short run, CPU µs", of(f"{SHORT}_server_us"), ".0f"),
    ("long reply, CPU µs a token", of(f"{LONG}_server_us", TOKENS[LONG]), ".1f"),
    ("paced reply, CPU µs a token", of(f"{PACED}_server_us", TOKENS[PACED]), ".1f"),
]
DELAYS: list[Column] = [
    ("between tokens p50, ms", of("gap_p50"), ".1f"),
    ("between tokens p99, ms", of("gap_p99"), ".1f"),
    ("written to read p50, ms", of("delay_p50"), ".2f"),
    ("written to read p99, ms", of("delay_p99"), ".2f"),
]
_LOG_COST: list[Column] = [
    ("log's own: short run, CPU µs", of(f"{SHORT}_log_us"), ".0f"),
    ("log's own: paced, CPU µs a token", of(f"{PACED}_log_us", TOKENS[PACED]), ".1f"),
]


def durability(samples: Samples, log: str) -> str:
    """What it costs that a run can be resumed."""
    rows = {WITHOUT_LOG: "off", MEMORY: "in memory", VALKEY: f"in {log}"}
    cost = table("log", rows, [*COST, *_LOG_COST], samples)
    delays = table("log", rows, DELAYS, samples)
    return f"## Durability\n\n{cost}\n{delays}\n{_verdict(samples, log)}"


def _verdict(samples: Samples, log: str) -> str:
    if VALKEY not in samples:
        return "Skipped: the log in Valkey, for neither valkey-server nor redis-server is on the PATH.\n"
    pairs = zip(samples[VALKEY], samples[WITHOUT_LOG], strict=True)
    ratios = [logged["gap_p99"] / unlogged["gap_p99"] for logged, unlogged in pairs]
    ratio = median(ratios)
    verdict = "met" if ratio <= ALLOWED_RATIO else "NOT met"
    return (
        f"Requirement: p99 between tokens with the log in {log} is at most {ALLOWED_RATIO} times that without. "
        f"Measured: {cell(ratios, '.2f')} times; **{verdict}**.\n"
    )


def table(first: str, rows: dict[str, str], columns: Sequence[Column], samples: Samples) -> str:
    lines = [[first, *(title for title, _, _ in columns)], ["---", *("---:" for _ in columns)]]
    for name, title in rows.items():
        if name in samples:
            cells = [cell([value(found) for found in samples[name]], form) for _, value, form in columns]
            lines.append([title, *cells])
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def cell(values: Sequence[float], form: str) -> str:
    middle, low, high = (format(value, form) for value in (median(values), min(values), max(values)))
    return middle if low == high else f"{middle} ({low} to {high})"
