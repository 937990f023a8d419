"""Rows: read, found, written, with the editors of the dashboard's table."""

import json
from pathlib import Path
from urllib.parse import urlencode

import httpx

from tests.browser.dashboard.conftest import ON_EVERY_STORE, Rest
from tests.browser.dashboard.page import SELECT_ALL, TAB, Dashboard

CITY = {
    "name": {"type": "String"},
    "people": {"type": "Number"},
    "capital": {"type": "Boolean"},
    "founded": {"type": "Date"},
    "place": {"type": "GeoPoint"},
    "tags": {"type": "Array"},
    "meta": {"type": "Object"},
    "area": {"type": "Polygon"},
    "arms": {"type": "File"},
    "mayor": {"type": "Pointer", "targetClass": "_User"},
    "citizens": {"type": "Relation", "targetClass": "_User"},
}


@ON_EVERY_STORE
def test_every_type_has_an_editor_whose_value_is_stored(
    dashboard: Dashboard, rest: Rest, tmp_path: Path
) -> None:
    rest.ask("POST", "/schemas/City", {"fields": CITY})
    ann = rest.ask("POST", "/users", {"username": "ann", "password": "secret"})["objectId"]
    picture = tmp_path / "arms.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(2000))

    dashboard.open("browser/City")
    dashboard.click("Add Row")
    dashboard.edit(0, "name", "Ulm")
    dashboard.click("Add")
    dashboard.wait(lambda: rest.rows("City"), "the row to be stored")
    row = rest.rows("City")[0]["objectId"]
    dashboard.wait(lambda: dashboard.rows()[0]["objectId"] == row, "its id")
    dashboard.edit(0, "people", "126000")
    dashboard.edit(0, "founded", "2024-02-01T10:00:00.000Z")
    dashboard.edit(0, "place", "48.4" + TAB, "9.98")
    dashboard.edit(0, "mayor", ann)
    for column, value in (
        ("tags", '["old",1]'),
        ("meta", '{"river":{"name":"Donau"}}'),
        ("area", "[[0,0],[0,1],[1,1]]"),
    ):
        dashboard.open_editor(0, column).type(SELECT_ALL + value)
        dashboard.cell(0, "name").click()
    dashboard.open_editor(0, "capital", "//*[text()='True']").click()
    dashboard.cell(0, "name").click()
    dashboard.open_editor(0, "arms", "//input[@type='file']").type(str(picture))
    dashboard.wait(lambda: rest.rows("City")[0].get("arms"), "the file to be stored")

    (city,) = rest.rows("City")
    assert city == city | {
        "name": "Ulm",
        "people": 126000,
        "capital": True,
        "founded": {"__type": "Date", "iso": "2024-02-01T10:00:00.000Z"},
        "place": {"__type": "GeoPoint", "latitude": 48.4, "longitude": 9.98},
        "tags": ["old", 1],
        "meta": {"river": {"name": "Donau"}},
        "area": {"__type": "Polygon", "coordinates": [[0, 0], [0, 1], [1, 1], [0, 0]]},
        "mayor": {"__type": "Pointer", "className": "_User", "objectId": ann},
    }
    assert httpx.get(city["arms"]["url"]).content == picture.read_bytes()


def test_rows_are_filtered_and_sorted(dashboard: Dashboard, rest: Rest) -> None:
    rest.add_scores()

    dashboard.open("browser/Score")
    dashboard.wait(lambda: dashboard.column("player") == ["eve", "bob", "ann"], "all, newest first")
    dashboard.head("player").click()
    dashboard.head("player").click()
    dashboard.wait(lambda: dashboard.column("player") == ["ann", "bob", "eve"], "by name")
    dashboard.menu("Filter", "exists")
    dashboard.click("equals")
    dashboard.pick("(//input[@role='combobox'])[2]", "player")
    dashboard.act("(//input[@role='combobox'])[2]/following::input[1]", lambda it: it.type("bob"))
    dashboard.button("Apply")

    dashboard.wait(lambda: dashboard.column("player") == ["bob"], "the one that is asked for")


def test_rows_are_cloned_edited_and_deleted(dashboard: Dashboard, rest: Rest) -> None:
    rest.add_scores()

    dashboard.open("browser/Score")
    dashboard.wait(lambda: len(dashboard.rows()) == 3, "all rows")
    dashboard.select_rows(0)
    dashboard.menu("Edit", "Clone this row")
    dashboard.button("Clone")
    dashboard.wait(lambda: len(rest.rows("Score")) == 4, "the copy to be stored")
    copy = rest.rows("Score")[3]
    assert (copy["player"], copy["points"]) == ("eve", 30)

    dashboard.wait(lambda: dashboard.rows()[0]["objectId"] == copy["objectId"], "the copy")
    dashboard.edit(0, "points", "31")
    dashboard.wait(lambda: rest.rows("Score")[3]["points"] == 31, "its points")
    dashboard.open("browser/Score")
    dashboard.wait(lambda: len(dashboard.rows()) == 4, "all rows")
    dashboard.select_rows(0, 1)
    dashboard.menu("Edit", "Delete these rows")
    dashboard.button("Delete")
    dashboard.wait(lambda: len(rest.rows("Score")) == 2, "two rows to be gone")
    assert [row["player"] for row in rest.rows("Score")] == ["ann", "bob"]

    dashboard.menu("Edit", "Delete all rows")
    dashboard.confirm("delete all", "Delete")
    dashboard.wait(lambda: rest.rows("Score") == [], "no rows")


@ON_EVERY_STORE
def test_relations_and_pointers_lead_to_their_objects(dashboard: Dashboard, rest: Rest) -> None:
    rest.ask("POST", "/schemas/City", {"fields": CITY})
    ann = rest.ask("POST", "/users", {"username": "ann", "password": "secret"})["objectId"]
    mayor = {"__type": "Pointer", "className": "_User", "objectId": ann}
    city = rest.ask("POST", "/classes/City", {"name": "Ulm", "mayor": mayor})["objectId"]
    related = {"object": {"__type": "Pointer", "className": "City", "objectId": city}}
    query = urlencode({"where": json.dumps({"$relatedTo": {**related, "key": "citizens"}})})

    def citizens() -> list[str]:
        return [user["objectId"] for user in rest.ask("GET", f"/users?{query}")["results"]]

    dashboard.open("browser/City")
    dashboard.cell(0, "citizens").find("a").click()
    dashboard.wait(lambda: dashboard.browser.url.endswith("/citizens"), "the relation")
    dashboard.menu("Edit", "Attach existing row")
    dashboard.confirm(ann, "Attach")
    dashboard.wait(lambda: citizens() == [ann], "the user to be related")
    dashboard.wait(lambda: [row["username"] for row in dashboard.rows()] == ["ann"], "her row")
    dashboard.select_rows(0)
    dashboard.menu("Edit", "Detach this row")
    dashboard.button("Delete")
    dashboard.wait(lambda: citizens() == [], "nobody to be related")

    dashboard.open("browser/City")
    dashboard.cell(0, "mayor").find("a").click()
    dashboard.wait(lambda: "/_User" in dashboard.browser.url, "the pointer's class")
    dashboard.wait(lambda: [row["objectId"] for row in dashboard.rows()] == [ann], "the user")


def test_an_object_is_edited_in_a_dialog(dashboard: Dashboard, rest: Rest) -> None:
    rest.add_scores()

    dashboard.open("browser/Score")
    dashboard.wait(lambda: len(dashboard.rows()) == 3, "all rows")
    dashboard.select_rows(0)
    dashboard.menu("Edit", "Edit this row with modal")
    dashboard.fill("points", SELECT_ALL + "31" + TAB)
    dashboard.wait(lambda: rest.rows("Score")[2]["points"] == 31, "its points")


def test_installations_are_looked_after(dashboard: Dashboard, rest: Rest) -> None:
    phone = {"deviceType": "ios", "installationId": "phone-1", "channels": ["news"]}
    rest.ask("POST", "/installations", phone)

    dashboard.open("browser/_Installation")
    dashboard.edit(0, "timeZone", "Europe/Berlin")
    dashboard.wait(lambda: rest.rows("_Installation")[0].get("timeZone"), "its time zone")

    (changed,) = rest.rows("_Installation")
    assert changed == changed | phone | {"timeZone": "Europe/Berlin"}


def test_the_read_only_key_shows_all_and_changes_nothing(read_only: Dashboard, rest: Rest) -> None:
    rest.add_scores()
    before = rest.rows("Score")

    read_only.open("browser/Score")
    read_only.wait(lambda: read_only.column("player") == ["eve", "bob", "ann"], "all rows")
    assert read_only.refusals(rest.server.url) == []
    read_only.edit(0, "player", "mallory")
    (refused,) = read_only.wait(lambda: read_only.refusals(rest.server.url), "a refusal")

    assert refused.startswith(f"/classes/Score/{before[2]['objectId']} ")
    assert rest.rows("Score") == before


def test_a_class_is_browsed_as_one_of_its_users(dashboard: Dashboard, rest: Rest) -> None:
    ann = rest.ask("POST", "/users", {"username": "ann", "password": "secret"})["objectId"]
    rest.add_scores()
    hers = {"player": "hers", "points": 1, "ACL": {ann: {"read": True, "write": True}}}
    nobodys = {"player": "nobodys", "points": 1, "ACL": {}}
    for score in (hers, nobodys):
        rest.ask("POST", "/classes/Score", score)

    dashboard.open("browser/Score")
    dashboard.wait(lambda: len(dashboard.rows()) == 5, "all rows")
    dashboard.menu("Browse", "As User")
    dashboard.fill("Username", "ann")
    dashboard.fill("Password", "secret")
    dashboard.button("Browse")

    dashboard.wait(
        lambda: dashboard.column("player") == ["hers", "eve", "bob", "ann"], "what she may see"
    )
