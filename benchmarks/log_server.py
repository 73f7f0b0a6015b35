"""`python -m benchmarks.log_server --runs 200`: what the log's server takes for runs in the making, as Markdown.

With `--beside PATH`, another checkout of this project, the two take turns on one server.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

from benchmarks.processes import cpu_seconds
from tests.server import ROOT, Valkey


class Writers:
    """Processes that write runs through the project in `source`."""

    def __init__(self, source: Path, url: str, options: argparse.Namespace) -> None:
        environment = {**os.environ, "PYTHONPATH": str(source / "src")}
        runs = options.runs // options.processes
        arguments = [url, str(runs), str(options.rate), str(options.seconds), str(int(options.followed))]
        self._processes = [
            subprocess.Popen(
                [sys.executable, ROOT / "benchmarks/log_writer.py", *arguments],
                env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )
            for _ in range(options.processes)
        ]  # fmt: skip

    def lines(self) -> list[str]:
        """The next line of each process."""
        found = []
        for process in self._processes:
            assert process.stdout is not None
            found.append(process.stdout.readline())
        return found

    def go_on(self) -> None:
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()

    def cpu_seconds(self) -> float:
        return sum(cpu_seconds(process.pid) for process in self._processes)

    def wait(self) -> None:
        for process in self._processes:
            assert process.wait() == 0


def _info(valkey: Valkey, section: str, name: str) -> float:
    lines = valkey.text("INFO", section).splitlines()
    return next((float(line.split(":")[1].split(",")[0].split("=")[-1]) for line in lines if line.startswith(name)), 0)


def measure(source: Path, valkey: Valkey, options: argparse.Namespace) -> dict[str, float]:
    """One round. Times are of CPU, in microseconds or cores; memory in MB of 1,000,000 bytes."""
    assert valkey.process is not None
    assert valkey.command("FLUSHALL") == "+OK"
    writers = Writers(source, valkey.url, options)
    writers.lines()
    entries = _info(valkey, "commandstats", "cmdstat_xadd:")
    server, client = cpu_seconds(valkey.process.pid), writers.cpu_seconds()
    writers.go_on()
    reports = [json.loads(line) for line in writers.lines()]
    server = cpu_seconds(valkey.process.pid) - server
    entries = _info(valkey, "commandstats", "cmdstat_xadd:") - entries
    memory = _info(valkey, "memory", "used_memory:") / 1e6
    client = writers.cpu_seconds() - client
    writers.go_on()
    writers.wait()
    tokens, took = sum(report["tokens"] for report in reports), max(report["took"] for report in reports)
    return {
        "tokens a second": tokens / took,
        "entries a token": entries / tokens,
        "server, µs a token": server / tokens * 1e6,
        "server, µs an entry": server / entries * 1e6,
        "server, cores": server / took,
        "writers, cores": client / took,
        "longest wait, ms": max(report["lag"] for report in reports) * 1000,
        "memory, MB": memory,
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.log_server", description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--rate", type=float, default=20, help="tokens a second of each run")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--processes", type=int, default=1, help="among which the runs are divided")
    parser.add_argument("--followed", action="store_true", help="each run is read by another process")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--beside", type=Path, help="another checkout")
    options = parser.parse_args()
    sources = [ROOT, *([options.beside.resolve()] if options.beside else [])]
    samples: dict[Path, list[dict[str, float]]] = {source: [] for source in sources}
    valkey = Valkey()
    try:
        for number in range(options.rounds):
            for source in sources if number % 2 else reversed(sources):
                samples[source].append(measure(source, valkey, options))
    finally:
        valkey.kill()
    columns = list(samples[ROOT][0])
    print(f"| {Path(valkey.program).name} | {' | '.join(columns)} |\n| --- |{' ---: |' * len(columns)}")
    for source, found in samples.items():
        cells = [
            f"{_text(median(values))} ({_text(min(values))} to {_text(max(values))})" for values in _columns(found)
        ]
        print(f"| {'this' if source == ROOT else source.name} | {' | '.join(cells)} |")


def _text(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}" if value < 10 else f"{value:.1f}"


def _columns(found: list[dict[str, float]]) -> list[list[float]]:
    return [[sample[name] for sample in found] for name in found[0]]


if __name__ == "__main__":
    main()
