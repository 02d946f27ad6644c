"""How firmly a claim is established, and how the status of a whole follows from its parts."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class Status(IntEnum):
    """Ordered from worst to best, so that the status of a conjunction is the minimum of its parts.

    * ``REFUTED``: exact algebra, ball arithmetic or a numerical check contradicts the claim;
    * ``UNKNOWN``: not decided; the evidence says why;
    * ``CHECKED``: agrees with high-precision numerics, nothing more;
    * ``ENCLOSED``: follows from rigorous ball arithmetic;
    * ``PROVED``: follows from exact algebra.

    >>> min(Status.PROVED, Status.CHECKED).name
    'CHECKED'
    """

    REFUTED = 0
    UNKNOWN = 1
    CHECKED = 2
    ENCLOSED = 3
    PROVED = 4

    @property
    def established(self) -> bool:
        """Whether a claim of this status may be relied upon in a proof.

        >>> [status.name for status in Status if status.established]
        ['ENCLOSED', 'PROVED']
        """
        return self >= Status.ENCLOSED

    def __str__(self) -> str:
        return self.name


def weakest(statuses: Iterable[Status]) -> Status:
    """Return the status of a conjunction: a chain is as strong as its weakest link.

    >>> weakest([Status.PROVED, Status.ENCLOSED]).name
    'ENCLOSED'
    >>> weakest([]).name
    'UNKNOWN'
    """
    return min(statuses, default=Status.UNKNOWN)
