"""The app's config: parameters of every type, those for the master key alone, their history."""

from parsepy.types import JSONObject
from tests.browser.dashboard.conftest import Rest
from tests.browser.dashboard.page import SELECT_ALL, Dashboard
from tests.browser.webdriver import Element


def test_parameters_are_created_changed_and_deleted(dashboard: Dashboard, rest: Rest) -> None:
    dashboard.open("config")
    dashboard.click("Create a parameter")
    dashboard.fill("Parameter Name", "welcome")
    dashboard.fill("Value", "Hello")
    dashboard.click("Yes")
    dashboard.button("Create")
    dashboard.wait(lambda: "welcome" in config(rest)["params"], "the parameter")
    assert config(rest) == {"params": {"welcome": "Hello"}, "masterKeyOnly": {"welcome": True}}

    dashboard.see("welcome")
    dashboard.act("//td[.='welcome']", Element.click)
    dashboard.fill("Value", SELECT_ALL + "Hello again")
    dashboard.button("Save")
    dashboard.wait(lambda: config(rest)["params"] == {"welcome": "Hello again"}, "the value")

    dashboard.see("Hello again")
    dashboard.act("//tr[td='welcome']//a", Element.click)
    dashboard.confirm("welcome", "Delete")
    dashboard.wait(lambda: config(rest)["params"] == {}, "no parameter")


def config(rest: Rest) -> dict[str, JSONObject]:
    found: dict[str, JSONObject] = rest.ask("GET", "/config")
    return found
