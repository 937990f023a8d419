"""What is measured."""

from collections.abc import Iterable

from scripts.benchmark.scenarios.accounts import ACCOUNTS
from scripts.benchmark.scenarios.basics import BASICS
from scripts.benchmark.scenarios.cloud_code import CLOUD_CODE
from scripts.benchmark.scenarios.growth import GROWTH
from scripts.benchmark.scenarios.protocol import PROTOCOL
from scripts.benchmark.scenarios.scenario import Beside, Expected, Requests, Scenario

__all__ = ["SCENARIOS", "Beside", "Expected", "Requests", "Scenario", "chosen_scenarios"]

SCENARIOS: tuple[Scenario, ...] = (*BASICS, *ACCOUNTS, *PROTOCOL, *CLOUD_CODE, *GROWTH)


def chosen_scenarios(names: Iterable[str]) -> tuple[Scenario, ...]:
    """Those that are named, in the order of SCENARIOS; all where none is named."""
    wanted = set(names)
    return tuple(each for each in SCENARIOS if not wanted or each.name in wanted)
