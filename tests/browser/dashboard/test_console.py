"""The consoles: requests and scripts of one's own."""

from tests.browser.dashboard.conftest import Rest
from tests.browser.dashboard.page import SOON, TAB, Dashboard
from tests.browser.webdriver import Element


def test_the_rest_console_shows_what_the_server_answers(dashboard: Dashboard, rest: Rest) -> None:
    rest.ask("POST", "/classes/Score", {"player": "ann", "points": 7})
    rest.ask("POST", "/classes/Score", {"player": "bob", "points": 12})

    dashboard.open("api_console/rest")
    dashboard.fill("Which endpoint?", "classes/Score")
    dashboard.fill("Query parameters", 'where={"points":{"$gt":10}}&keys=player')
    dashboard.button("Send Query")

    dashboard.see('"bob"')
    assert '"ann"' not in dashboard.browser.text


def test_the_rest_console_asks_as_a_user(dashboard: Dashboard, rest: Rest) -> None:
    ann = rest.server.send("POST", "/users", {"username": "ann", "password": "secret"}).json()
    hers = {"player": "hers", "ACL": {ann["objectId"]: {"read": True}}}
    for score in (hers, {"player": "nobodys", "ACL": {}}):
        rest.ask("POST", "/classes/Score", score)

    dashboard.open("api_console/rest")
    dashboard.fill("Which endpoint?", "classes/Score")
    dashboard.fill("Run as...", "ann" + TAB)

    def answered() -> bool:
        # It looks the user up while one may press already.
        dashboard.button("Send Query")
        return dashboard.browser.comes_true(lambda: '"hers"' in dashboard.browser.text, SOON)

    dashboard.wait(answered, "what she may see")
    assert '"nobodys"' not in dashboard.browser.text


def test_the_script_console_runs_the_sdk(dashboard: Dashboard, rest: Rest) -> None:
    rest.ask("POST", "/schemas/MyClass", {"fields": {"myField": {"type": "String"}}})

    dashboard.open("api_console/js_console")
    dashboard.see("Parse.Object('MyClass')")
    dashboard.act("//span[normalize-space()='Run']", Element.click)

    dashboard.wait(lambda: rest.rows("MyClass"), "its row")
    assert [row["myField"] for row in rest.rows("MyClass")] == ["Hello World!"]
