"""Views, what the dashboard keeps in the app, and its report on the app's security."""

from tests.browser.dashboard.conftest import ON_EVERY_STORE, Rest
from tests.browser.dashboard.page import SELECT_ALL, Dashboard
from tests.browser.webdriver import Element


@ON_EVERY_STORE
def test_a_view_shows_an_aggregation(dashboard: Dashboard, rest: Rest) -> None:
    for player, points in (("ann", 7), ("ann", 12), ("bob", 5)):
        rest.ask("POST", "/classes/Score", {"player": player, "points": points})

    dashboard.open("views")
    dashboard.click("Create a view")
    dashboard.fill("Name", "totals")
    dashboard.choose("Class", "Score")
    pipeline = '[{"$group":{"_id":"$player","total":{"$sum":"$points"}}},{"$sort":{"_id":1}}]'
    dashboard.fill("Query", SELECT_ALL + pipeline)
    dashboard.button("Create")
    dashboard.act("//a[normalize-space()='totals']", Element.click)

    dashboard.element("//*[normalize-space(text())='19']")
    assert "ann" in dashboard.browser.text


def test_a_view_shows_what_a_function_answers(dashboard: Dashboard) -> None:
    create_function_view(dashboard)
    dashboard.act("//a[normalize-space()='leaders']", Element.click)

    dashboard.element("//*[normalize-space(text())='99']")


def test_settings_move_into_the_app(dashboard: Dashboard, rest: Rest) -> None:
    create_function_view(dashboard)
    dashboard.see("leaders")
    dashboard.open("settings/dashboard")
    dashboard.button("Migrate to Server")

    dashboard.wait(lambda: "leaders" in str(rest.rows("DashboardSettings")), "the view")


def test_the_security_report_is_shown(dashboard: Dashboard) -> None:
    dashboard.open("settings/security")

    dashboard.see("Parse Server Configuration")


def create_function_view(dashboard: Dashboard) -> None:
    dashboard.open("views")
    dashboard.click("Create a view")
    dashboard.fill("Name", "leaders")
    dashboard.choose("Data Source", "Cloud Function")
    dashboard.fill("Cloud Function", "best")
    dashboard.button("Create")
