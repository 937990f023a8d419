"""What is measured."""

from scripts.benchmark.scenarios.accounts import ACCOUNTS
from scripts.benchmark.scenarios.basics import BASICS
from scripts.benchmark.scenarios.cloud_code import CLOUD_CODE
from scripts.benchmark.scenarios.growth import GROWTH
from scripts.benchmark.scenarios.protocol import PROTOCOL
from scripts.benchmark.scenarios.scenario import Beside, Expected, Requests, Scenario

__all__ = ["SCENARIOS", "Beside", "Expected", "Requests", "Scenario"]

SCENARIOS: tuple[Scenario, ...] = (*BASICS, *ACCOUNTS, *PROTOCOL, *CLOUD_CODE, *GROWTH)
