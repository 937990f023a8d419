"""The log: what the app's own code says, and what has failed."""

from tests.browser.dashboard.conftest import Rest
from tests.browser.dashboard.page import Dashboard


def test_the_log_is_read_by_level(dashboard: Dashboard, rest: Rest) -> None:
    rest.ask("POST", "/classes/Score", {"player": "ann", "points": 1})
    rest.server.send("POST", "/functions/double", {})

    dashboard.open("logs/info")
    dashboard.see("ann has scored")

    dashboard.open("logs/error")
    dashboard.see("Failed running cloud function double")
    assert "ann has scored" not in dashboard.browser.text
