"""`python -m benchmarks [PART …]`: measures servers in turn and prints tables; the figures go to build/benchmarks.json.

The parts are costs, stalls, durability and models.
"""

import os
import platform
import sys

from benchmarks import costs, models, pinning, report, results, servers, stalls

ROUNDS = 4
PARTS = ("costs", "stalls", "durability", "models")


def main() -> None:
    parts = sys.argv[1:] or PARTS
    print(f"Python {platform.python_version()}, {len(os.sched_getaffinity(0))} cores.\n")
    if "costs" in parts:
        costs.main()
    if "stalls" in parts:
        stalls.main()
    if "durability" in parts or "models" in parts:
        replies(with_models="models" in parts)


def replies(*, with_models: bool) -> None:
    """What a run log costs, and a model."""
    samples: report.Samples = {}
    with pinning.load(), pinning.Disturbance() as disturbance, servers.start(models=with_models) as started:
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
    if with_models:
        print(models.report(samples))
    print(report.durability(samples, started.log))
    print(disturbance)
    results.save("replies", disturbance, samples)


if __name__ == "__main__":
    main()
