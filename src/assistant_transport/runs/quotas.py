"""How many runs somebody may have at once: an API key, an owner, or whatever else runs are counted for."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


class Counted(NamedTuple):
    """Whose runs a counter counts."""

    kind: str
    name: str


@dataclass(frozen=True)
class Quota:
    """`max_runs` at once for `name`, which is unique within its `kind`, such as "owner"."""

    kind: str
    name: str
    max_runs: int

    @property
    def counted(self) -> Counted:
        return Counted(self.kind, self.name)


class Quotas:
    """Counts runs. `others` are the counts of the other processes, if they are known.

    Processes know each other's counts only through a log that they share, and `others` is as old as the last exchange:
    no request waits for it.
    """

    def __init__(self) -> None:
        self.own: Counter[Counted] = Counter()
        self.others: Counter[Counted] = Counter()

    def exceeded(self, quotas: Iterable[Quota]) -> Quota | None:
        """The first of `quotas` that leaves no room for one more run, if any."""
        return next((q for q in quotas if self.own[q.counted] + self.others[q.counted] >= q.max_runs), None)

    def take(self, quotas: Iterable[Quota]) -> None:
        """Counts a run for each of `quotas`."""
        self.own.update(quota.counted for quota in quotas)

    def release(self, quotas: Iterable[Quota]) -> None:
        """Takes back what `take` has counted."""
        for quota in quotas:
            self.own[quota.counted] -= 1
            if not self.own[quota.counted]:
                del self.own[quota.counted]
