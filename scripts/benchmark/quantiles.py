"""Quantiles of what was measured."""

from collections.abc import Sequence


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which `share` of the ordered ones are."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
