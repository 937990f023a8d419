"""Classes and columns, and who may do what with them."""

from tests.browser.dashboard.conftest import Rest
from tests.browser.dashboard.page import Dashboard
from tests.browser.webdriver import Element

TYPES = "String Date".split()
TARGETED = "Pointer Relation".split()


def test_a_class_gets_columns_and_loses_them(dashboard: Dashboard, rest: Rest) -> None:
    rest.ask("POST", "/schemas/Team", {})

    dashboard.open("browser/Team")
    dashboard.click("Create a class")
    dashboard.fill("What should we call it?", "Player")
    dashboard.button("Create")
    dashboard.wait(lambda: dashboard.browser.url.endswith("/Player"), "the class")
    for type_name in TYPES + TARGETED:
        dashboard.menu("Edit", "Add a column")
        dashboard.choose("What type of data do you want to store?", type_name)
        if type_name in TARGETED:
            dashboard.choose("Target class", "Team")
        dashboard.fill("What should we call it?", f"a{type_name}")
        dashboard.button("Add")
        dashboard.wait_for_column(f"a{type_name}")
    fields = rest.schema("Player")["fields"]
    assert {name: field["type"] for name, field in fields.items() if name[1:] in TYPES} == {
        f"a{type_name}": type_name for type_name in TYPES
    }
    assert [fields[f"a{type_name}"]["targetClass"] for type_name in TARGETED] == ["Team", "Team"]

    dashboard.menu("Edit", "Delete a column")
    dashboard.choose("Which column?", "aDate")
    dashboard.button("Remove")
    dashboard.wait(lambda: "aDate" not in rest.schema("Player")["fields"], "no column")
    dashboard.menu("Edit", "Delete this class")
    dashboard.confirm("Player", "Delete")
    dashboard.wait(lambda: class_names(rest) == ["Team"], "the class to be gone")


def test_columns_have_defaults_and_may_be_required(dashboard: Dashboard, rest: Rest) -> None:
    rest.ask("POST", "/schemas/Team", {})

    dashboard.open("browser/Team")
    dashboard.menu("Edit", "Add a column")
    dashboard.fill("What should we call it?", "league")
    dashboard.fill("What is the default value?", "third")
    dashboard.click("Yes")
    dashboard.button("Add")
    dashboard.wait_for_column("league")

    field = rest.schema("Team")["fields"]["league"]
    assert field == {"type": "String", "required": True, "defaultValue": "third"}


def test_class_level_permissions_are_edited(dashboard: Dashboard, rest: Rest) -> None:
    rest.ask("POST", "/schemas/Team", {"fields": {"captain": CAPTAIN}})
    ann = rest.ask("POST", "/users", {"username": "ann", "password": "secret"})["objectId"]
    role = {"name": "referees", "ACL": {"*": {"read": True}}}
    rest.ask("POST", "/roles", role)

    dashboard.open("browser/Team")
    dashboard.menu("Security", "Class Level Permissions")
    for typed, known_by in (("ann", ann), ("referees", "referees"), ("captain", "captain")):
        dashboard.grant(typed, known_by)
    dashboard.tick("Write")
    dashboard.button("Save CLP")

    dashboard.wait(lambda: ann in rest.schema("Team")["classLevelPermissions"]["find"], "CLP")
    permissions = rest.schema("Team")["classLevelPermissions"]
    named = {ann: True, "role:referees": True, "pointerFields": ["captain"]}
    assert permissions["find"] == permissions["addField"] == {"*": True, **named}
    assert permissions["create"] == permissions["update"] == permissions["delete"] == named


def test_fields_are_protected(dashboard: Dashboard, rest: Rest) -> None:
    fields = {"name": {"type": "String"}, "salary": {"type": "Number"}}
    rest.ask("POST", "/schemas/Team", {"fields": fields})
    rest.ask("POST", "/classes/Team", {"name": "Reds", "salary": 7})

    dashboard.open("browser/Team")
    dashboard.menu("Security", "Protected Fields")
    dashboard.click("All fields allowed. Click to protect.")
    dashboard.act("(//*[text()='salary'])[last()]", Element.click)
    dashboard.button("Save")
    dashboard.wait(lambda: "salary" in str(rest.schema("Team")["classLevelPermissions"]), "CLP")

    assert rest.schema("Team")["classLevelPermissions"]["protectedFields"] == {"*": ["salary"]}
    (seen,) = rest.server.send("GET", "/classes/Team").json()["results"]
    assert "salary" not in seen


CAPTAIN = {"type": "Pointer", "targetClass": "_User"}


def class_names(rest: Rest) -> list[str]:
    names = [found["className"] for found in rest.ask("GET", "/schemas")["results"]]
    return [name for name in names if not name.startswith("_")]
