"""The page on objects in cloud code: its example runs, and it names what there is."""

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from parsepy.cloud import Config, File, Object, Query, Role, Schema, Session, User, many
from parsepy.cloud.constraints import Constraints
from tests.support.local_app import LocalApp, local_app

pytestmark = pytest.mark.anyio

TEXT = (Path(__file__).parents[2] / "docs" / "cloud-api.md").read_text(encoding="utf-8")
_NOT_FOR_APPS = {
    *("set_stored", "to_full_json", "copy", "where", "json", "named", "current"),
    *("content", "save_as", "as_upload", "from_json", "reading"),
}


async def _call(parse: LocalApp, name: str, **who: Any) -> Any:
    return (await parse.ok("POST", f"/functions/{name}", {}, **who))["result"]


async def test_the_example_runs(tmp_path: Path) -> None:
    code = tmp_path / "main.py"
    code.write_text(TEXT.split("```python\n")[1].split("```")[0])
    async with local_app(cloud=str(code)) as parse:
        ann = await parse.sign_up()

        played = await _call(parse, "play", user=ann)
        refused = await parse.send("POST", "/classes/GameScore", {"score": -1})
        await parse.create("GameScore", {"score": 7, "isFinal": True}, master=True)
        best = await _call(parse, "best")
        finished = await _call(parse, "finish")
        counted = await _call(parse, "count")

    assert (played["score"], played["ACL"]) == (10, {ann.id: {"read": True, "write": True}})
    assert refused.json() == {"code": 142, "error": "A score is not negative."}
    assert [one["score"] for one in best] == [10, 7]
    assert best[0]["player"]["objectId"] == ann.id
    assert (finished, counted) == (1, 2)


@pytest.mark.parametrize(
    "described", [Object, Constraints, Query, User, Session, Role, File, Config, Schema]
)
def test_everything_public_is_named(described: type) -> None:
    for name, member in vars(described).items():
        public = not name.startswith("_") and name not in _NOT_FOR_APPS
        if public and (inspect.isfunction(member) or isinstance(member, classmethod | property)):
            assert re.search(rf"`[^`]*\b{name}\b[^`]*`", TEXT), name


def test_what_is_done_to_many_is_named() -> None:
    for name in ("save_all", "fetch_all", "destroy_all", many.SomeFailed.__name__):
        assert f"`{name}`" in TEXT
