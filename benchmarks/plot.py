"""`python -m benchmarks.plot`: draws the costs of build/benchmarks.json as docs/images/costs.png.

It runs in the peers' environment. Each bar is a median, with the lowest and the highest as its line.
"""

import json
from pathlib import Path
from statistics import median
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt

ROOT = Path(__file__).parents[1]
_SHOWN = {
    "short_us": "short run\nCPU µs",
    "burst_token_us": "a token of a burst\nCPU µs",
    "token_200_us": "a token of 200 streams\nCPU µs",
    "short_first_p99": "first frame of 16\np99, ms",
    "wait_500": "late tokens of 500 streams\np99, ms",
    "idle_kib": "an idle open stream\nKiB",
}
_COLORS = ("#9aa0a6", "#d98324", "#2b6cb0", "#63a4dd", "#b7d3ee")


def draw(samples: dict[str, list[dict[str, float]]], file: Path) -> None:
    figure, axes = plt.subplots(1, len(_SHOWN), figsize=(13, 3.6), layout="constrained")
    bars: Any = None
    for axis, (name, title) in zip(axes, _SHOWN.items(), strict=True):
        values = [[one[name] for one in rounds if name in one] for rounds in samples.values()]
        middle = [median(some) for some in values]
        spread = [
            [m - min(some) for m, some in zip(middle, values, strict=True)],
            [max(some) - m for m, some in zip(middle, values, strict=True)],
        ]
        bars = axis.bar(range(len(values)), middle, yerr=spread, color=_COLORS, error_kw={"lw": 0.8, "capsize": 2})
        axis.bar_label(bars, fmt="%.3g", fontsize=7, padding=2)
        axis.set_title(title, fontsize=9)
        axis.set_xticks([])
        axis.tick_params(axis="y", labelsize=7)
        axis.spines[["top", "right"]].set_visible(False)
    figure.legend(bars, list(samples), loc="outside lower center", ncols=len(samples), fontsize=8, frameon=False)
    figure.savefig(file, dpi=110, metadata={"Software": None})


if __name__ == "__main__":
    parts = json.loads((ROOT / "build/benchmarks.json").read_text())
    draw(parts["costs"]["found"], ROOT / "docs/images/costs.png")
