"""How many runs somebody may have at once: an API key, an owner, or whatever else a run is counted for."""

from collections import Counter
from collections.abc import Iterable, Mapping


class Quotas:
    """Counts runs by names that mean nothing here; `others` are the counts of the other processes, if they are known.

    Without a log that processes share there is only one of them. With one, `others` is as old as the last exchange:
    a request is never kept waiting for it.
    """

    def __init__(self) -> None:
        self.own: Counter[str] = Counter()
        self.others: Counter[str] = Counter()

    def used_up(self, limits: Mapping[str, int]) -> str | None:
        """The first name of `limits` that has as many runs as it may, if any."""
        return next((name for name, maximum in limits.items() if self.own[name] + self.others[name] >= maximum), None)

    def take(self, names: Iterable[str]) -> None:
        """Counts a run for each of `names`."""
        self.own.update(names)

    def give_back(self, names: Iterable[str]) -> None:
        """The run has ended."""
        for name in names:
            self.own[name] -= 1
            if not self.own[name]:
                del self.own[name]
