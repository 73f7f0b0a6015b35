"""`python -m benchmarks`: starts the servers, measures them in turn, prints the tables, and stops the servers."""

import os
import platform
import sys

from benchmarks import models, report, servers

ROUNDS = 4


def main() -> None:
    samples: dict[str, list[dict[str, float]]] = {}
    with servers.start() as started:
        for measured in started.by_name.values():
            measured.measure()  # warms it up
        for number in range(ROUNDS):
            print(f"round {number + 1} of {ROUNDS}", file=sys.stderr, flush=True)
            # Each round begins with another server, so that none is always measured after the same one.
            names = list(started.by_name)
            for name in names[number % len(names) :] + names[: number % len(names)]:
                samples.setdefault(name, []).append(started.by_name[name].measure())
            for name, settings in started.settings.items():
                samples[name][-1]["import_s"] = servers.import_seconds(name, settings, by_hand=False)
                samples[servers.BY_HAND[name]][-1]["import_s"] = servers.import_seconds(name, settings, by_hand=True)
    cores = len(os.sched_getaffinity(0))
    print(f"Python {platform.python_version()}, {cores} cores, {ROUNDS} rounds: median (lowest to highest).\n")
    print(report.peers(samples))
    print(models.report(samples))
    print(report.durability(samples, started.log))


if __name__ == "__main__":
    main()
