"""The page on cloud code: its example runs, and it names what there is."""

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from parsepy.cloud import Object, Validator
from parsepy.cloud.registry import FIND_TRIGGERS, OBJECT_TRIGGERS
from tests.support.asgi import app_client
from tests.support.local_app import OPTIONS, URL

pytestmark = pytest.mark.anyio

TEXT = (Path(__file__).parents[2] / "docs" / "cloud-code.md").read_text(encoding="utf-8")


async def test_the_example_runs() -> None:
    names: dict[str, Any] = {}
    example = TEXT.split("```python\n")[1].split("```")[0]
    given = re.search(r"create_app\(\s*(\{.*?\})\s*\)", example, re.DOTALL)
    assert given is not None
    exec(example.replace(given[1], repr(OPTIONS)), names)
    headers = {"X-Parse-Application-Id": "app"}
    async with app_client(names["app"]) as client:

        async def post(path: str, body: object) -> Any:
            return (await client.post(f"{URL}{path}", json=body, headers=headers)).json()

        hello = await post("/functions/hello", {"name": "Ann"})
        nameless = await post("/functions/hello", {})
        refused = await post("/classes/GameScore", {})
        created = await post("/classes/GameScore", {"score": 1})
        found = await post("/classes/GameScore", {"_method": "GET"})

    assert hello == {"result": "Hello, Ann!"}
    assert nameless["code"] == 142
    assert refused == {"code": 141, "error": "a score has to be given"}
    assert created["checked"] is True
    assert len(found["results"]) == 1


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
