"""Functions on rows, triggers, jobs and webhooks."""

from parsepy.types import JSONObject
from tests.browser.dashboard.conftest import Rest
from tests.browser.dashboard.page import SELECT_ALL, Dashboard
from tests.browser.webdriver import Element


def test_a_job_is_started_and_its_end_is_told(dashboard: Dashboard, rest: Rest) -> None:
    rest.ask("POST", "/classes/Score", {"player": "ann", "points": 1})

    dashboard.open("jobs/all")
    dashboard.see("recount")
    dashboard.click("Run...")
    dashboard.button("Run")
    dashboard.wait(lambda: rest.rows("_JobStatus"), "its row")
    dashboard.wait(lambda: rest.rows("_JobStatus")[0]["status"] == "succeeded", "its end")

    dashboard.open("jobs/status")
    dashboard.see("1 scores")


def test_a_job_is_scheduled(dashboard: Dashboard, rest: Rest) -> None:
    dashboard.open("jobs/new")
    dashboard.fill("Description", "every now and then")
    dashboard.choose("Cloud job", "recount")
    dashboard.button("Schedule")
    dashboard.wait(lambda: rest.ask("GET", "/cloud_code/jobs"), "the schedule")
    (scheduled,) = rest.ask("GET", "/cloud_code/jobs")
    assert scheduled["jobName"] == "recount"
    assert scheduled["description"] == "every now and then"


def test_webhooks_are_created_changed_and_deleted(dashboard: Dashboard, rest: Rest) -> None:
    rest.ask("POST", "/schemas/Score", {})

    def hooks(kind: str) -> list[JSONObject]:
        found: list[JSONObject] = rest.ask("GET", f"/hooks/{kind}")
        return found

    dashboard.open("webhooks")
    dashboard.click("Create a Webhook")
    dashboard.fill("Function name", "greet")
    dashboard.fill("Webhook URL", SELECT_ALL + "https://hooks.example.com/greet")
    dashboard.button("Create")
    dashboard.wait(lambda: hooks("functions"), "the function")
    hook: JSONObject = {"functionName": "greet", "url": "https://hooks.example.com/greet"}
    assert hooks("functions") == [hook]

    dashboard.act("//td[.='greet']", Element.click)
    dashboard.fill("Webhook URL", SELECT_ALL + "https://hooks.example.com/hello")
    dashboard.button("Save")
    hook |= {"url": "https://hooks.example.com/hello"}
    dashboard.wait(lambda: hooks("functions") == [hook], "its new address")

    dashboard.click("Create a Webhook")
    dashboard.choose("Webhook type", "afterSave")
    dashboard.choose("Choose a Class", "Score")
    dashboard.fill("Webhook URL", SELECT_ALL + "https://hooks.example.com/saved")
    dashboard.button("Create")
    dashboard.wait(lambda: hooks("triggers"), "the trigger")
    trigger = {"className": "Score", "triggerName": "afterSave"}
    assert hooks("triggers") == [trigger | {"url": "https://hooks.example.com/saved"}]

    for name in ("greet", "afterSave"):
        dashboard.act(f"//tr[td='{name}']//button", Element.click)
        dashboard.button("Delete")
        dashboard.see_no(f"//td[.='{name}']")
    assert (hooks("functions"), hooks("triggers")) == ([], [])


def test_cloud_code_runs_on_a_row_and_says_more_about_it(dashboard: Dashboard, rest: Rest) -> None:
    rest.add_scores()

    dashboard.open("browser/Score")
    dashboard.button("Show Panel")
    dashboard.cell(0, "player").click()
    dashboard.see("Seen by cloud code")
    dashboard.select_rows(0)
    dashboard.menu("Script", "Run script on selected row...")
    dashboard.button("Run")
    dashboard.wait(lambda: rest.rows("Score")[2]["points"] == 60, "the points")


def test_what_a_trigger_refuses_is_told(dashboard: Dashboard, rest: Rest) -> None:
    rest.add_scores()

    dashboard.open("browser/Score")
    dashboard.edit(0, "points", "-1")

    dashboard.see("Points are not negative.")
    assert rest.rows("Score")[2]["points"] == 30
    (refused,) = dashboard.refusals(rest.server.url)
    assert refused.startswith("/classes/Score/")
