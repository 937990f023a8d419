"""Users, their sessions and roles, and who may see an object."""

from tests.browser.dashboard.conftest import Rest
from tests.browser.dashboard.page import Dashboard


def test_a_user_is_made_and_his_password_changed(dashboard: Dashboard, rest: Rest) -> None:
    dashboard.open("browser/_User")
    dashboard.click("Add Row")
    dashboard.edit(0, "username", "ann")
    dashboard.edit(0, "password", "first-secret")
    dashboard.click("Add")
    dashboard.wait(lambda: rest.ask("GET", "/users")["results"], "the user")
    assert rest.server.logs_in("ann", "first-secret")

    dashboard.open("browser/_User")
    dashboard.edit(0, "password", "second-secret")
    dashboard.wait(lambda: rest.server.logs_in("ann", "second-secret"), "the password")
    dashboard.refusals(rest.server.url)


def test_sessions_are_shown_and_ended(dashboard: Dashboard, rest: Rest) -> None:
    rest.server.send("POST", "/users", {"username": "ann", "password": "secret"})
    session = rest.server.send("POST", "/login", {"username": "ann", "password": "secret"}).json()
    token = session["sessionToken"]

    dashboard.open("browser/_Session")
    dashboard.wait(lambda: len(dashboard.rows()) == 2, "both sessions")
    dashboard.select_rows(0, 1)
    dashboard.menu("Edit", "Delete these rows")
    dashboard.button("Delete")

    dashboard.wait(lambda: rest.rows("_Session") == [], "no sessions")
    assert rest.server.send("GET", "/users/me", X_Parse_Session_Token=token).status_code == 400


def test_a_role_lets_its_users_see_an_object(dashboard: Dashboard, rest: Rest) -> None:
    ann = rest.server.send("POST", "/users", {"username": "ann", "password": "secret"}).json()
    rest.ask("POST", "/classes/Note", {"text": "for referees"})

    dashboard.open("browser/_Role")
    dashboard.click("Add Row")
    dashboard.edit(0, "name", "referees")
    dashboard.open_editor(0, "ACL", "//*[@data-modal='true']")
    dashboard.button("Save ACL")
    dashboard.click("Add")
    dashboard.wait(lambda: rest.rows("_Role"), "the role")
    dashboard.open("browser/_Role")
    dashboard.cell(0, "users").find("a").click()
    dashboard.menu("Edit", "Attach existing row")
    dashboard.confirm(ann["objectId"], "Attach")
    dashboard.wait(lambda: len(dashboard.rows()) == 1, "its user")
    dashboard.open("browser/Note")
    dashboard.open_editor(0, "ACL", "//*[@data-modal='true']")
    dashboard.grant("referees", "referees")
    for right in ("Read", "Write"):
        dashboard.tick(right)
    dashboard.button("Save ACL")
    dashboard.wait(lambda: "ACL" in rest.rows("Note")[0], "the ACL")

    assert rest.rows("Note")[0]["ACL"] == {"role:referees": {"read": True, "write": True}}
    seen = rest.server.send("GET", "/classes/Note", X_Parse_Session_Token=ann["sessionToken"])
    assert [note["text"] for note in seen.json()["results"]] == ["for referees"]
    assert rest.server.send("GET", "/classes/Note").json()["results"] == []
