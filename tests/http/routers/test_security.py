"""`/security`, past what is recorded of parse-server: groups of an app's own, and the features."""

import pytest

from parsepy.security_check import Check, CheckGroup, database_group
from tests.support.local_app import local_app

pytestmark = pytest.mark.anyio


def raises() -> None:
    raise RuntimeError("The lock \ud800 is broken.")


async def test_groups_of_the_app_are_run_and_none_breaks_the_answer() -> None:
    group = CheckGroup("House", [Check("Door", "It is open.", "Shut it.", raises)])
    security = {"enableCheck": True, "checkGroups": [group, database_group]}
    async with local_app(security=security) as parse:
        answer = await parse.send("GET", "/security", master=True)

    assert answer.status_code == 200
    report = answer.json()["report"]
    assert [each["name"] for each in report["groups"]] == ["House", "Database"]
    assert report["state"] == report["groups"][0]["state"] == "fail"
    (door,) = report["groups"][0]["checks"]
    assert (door["state"], door["solution"]) == ("fail", "Shut it.")
    assert door["warning"].startswith("It is open. The lock ")


async def test_a_check_may_ask_the_server_itself() -> None:
    asked: list[int] = []

    async def asks() -> None:
        asked.append((await parse.send("GET", "/classes/Game")).status_code)

    group = CheckGroup("House", [Check("Door", "It is open.", "Shut it.", asks)])
    async with local_app(security={"enableCheck": True, "checkGroups": [group]}) as parse:
        answer = await parse.ok("GET", "/security", master=True)

    assert answer["report"]["state"] == "success"
    assert asked == [200]


@pytest.mark.parametrize("enabled", [True, False])
async def test_a_dashboard_is_told_whether_there_is_a_report(enabled: bool) -> None:
    async with local_app(security={"enableCheck": enabled}) as parse:
        features = (await parse.ok("GET", "/serverInfo", master=True))["features"]

    assert features["settings"] == {"securityCheck": enabled}


async def test_no_request_past_the_master_key_runs_a_check() -> None:
    ran: list[int] = []
    group = CheckGroup("House", [Check("Door", "Open.", "Shut it.", lambda: ran.append(1))])
    async with local_app(security={"enableCheck": True, "checkGroups": [group]}) as parse:
        user = await parse.sign_up()
        for answer in (
            await parse.send("GET", "/security"),
            await parse.send("GET", "/security", user=user),
            await parse.send("GET", "/security", X_Parse_Maintenance_Key="maintenance-key"),
        ):
            assert answer.status_code == 403

    assert not ran
