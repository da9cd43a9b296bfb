"""Snapshots of PostgreSQL: which transactions were finished at a moment."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Snapshot:
    """Every transaction below ``xmax`` was finished but those in ``running``; none from ``xmax`` on."""

    xmin: int
    xmax: int
    running: tuple[int, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Snapshot":
        """Read what ``pg_current_snapshot()`` writes."""
        xmin, xmax, running = text.split(":")
        return cls(int(xmin), int(xmax), tuple(int(number) for number in running.split(",") if number))

    def __str__(self) -> str:
        return f"{self.xmin}:{self.xmax}:{','.join(map(str, self.running))}"

    def finished(self, transaction: int) -> bool:
        """Return whether ``transaction`` was finished."""
        return transaction < self.xmax and transaction not in self.running


NOTHING = Snapshot(1, 1)
"""The snapshot before the first transaction."""
