"""The page on cloud code: its example runs, and it names what there is."""

import inspect
from dataclasses import fields
from pathlib import Path

import pytest

from parsepy.cloud import FunctionRequest, Object, Validator
from parsepy.cloud.registry import FIND_TRIGGERS, OBJECT_TRIGGERS
from parsepy.options.definitions.cloud import CLOUD_CODE, WEBHOOKS
from tests.support.local_app import local_app

pytestmark = pytest.mark.anyio

TEXT = (Path(__file__).parents[2] / "docs" / "cloud-code.md").read_text(encoding="utf-8")


async def test_the_example_runs(tmp_path: Path) -> None:
    module = tmp_path / "cloud_code_of_the_page.py"
    module.write_text(TEXT.split("```python\n")[1].split("```")[0])
    date = {"__type": "Date", "iso": "2020-01-02T03:04:05.006Z"}
    async with local_app(cloud=str(module)) as parse:
        hello = await parse.ok("POST", "/functions/hello", {"name": "Ann", "times": 2})
        odd = await parse.send("POST", "/functions/hello", {"name": "Ann", "times": "2"})
        reminded = await parse.send("POST", "/functions/remind", {"when": date})
        refused = await parse.send("POST", "/classes/GameScore", {})
        created = await parse.ok("POST", "/classes/GameScore", {"score": 1})
        ann = await parse.sign_up(username="ann")
        mine = await parse.ok("POST", "/functions/mine", {}, user=ann)
        nobodys = await parse.send("POST", "/functions/mine", {})

        assert len(await parse.find("GameScore", {})) == 1
    assert hello == {"result": "Hello, Ann!Hello, Ann!"}
    told = odd.json()
    assert told == {"code": 142, "error": "Validation failed. times: expected int, got str"}
    assert told["error"] in TEXT
    assert (reminded.status_code, reminded.json()) == (202, {"result": {"year": 2020}})
    assert reminded.headers["X-Queue"] == "slow"
    assert refused.json() == {"code": 141, "error": "a score has to be given"}
    assert created["checked"] is True
    assert mine == {"result": "ann"}
    assert nobodys.json()["code"] == 142


def test_every_member_of_a_request_is_named() -> None:
    names = {field.name for field in fields(FunctionRequest)} - {"texts"}
    assert [name for name in names | {"log"} if f"`{name}`" not in TEXT] == []


def test_every_option_of_running_code_is_named() -> None:
    for group in (CLOUD_CODE, WEBHOOKS):
        assert [one.name for one in group.options if f"`{one.name}`" not in TEXT] == []


def test_every_trigger_is_named() -> None:
    for name in (*OBJECT_TRIGGERS, *FIND_TRIGGERS, "beforeLogin", "afterLogin", "afterLogout"):
        assert f"`{name}`" in TEXT


def test_every_change_of_an_object_is_named() -> None:
    changes = {"set", "unset", "increment", "add", "add_unique", "remove", "revert", "set_acl"}
    for name in changes | {"add_relation", "remove_relation", "dirty_keys", "is_new", "existed"}:
        assert hasattr(Object, name)
        assert f"`{name}`" in TEXT


def test_every_part_of_a_validator_is_named() -> None:
    for name in inspect.signature(Validator).parameters:
        assert f"`{name}`" in TEXT
