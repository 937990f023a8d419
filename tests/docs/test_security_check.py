"""The page on the security check: its example runs, and it names every check."""

import re
from pathlib import Path
from typing import Any

import pytest

from parsepy.security_check.groups import groups_of
from tests.security_check.settings import options_with
from tests.support.asgi import app_client
from tests.support.local_app import MASTER_KEY, OPTIONS, URL

pytestmark = pytest.mark.anyio

TEXT = (Path(__file__).parents[2] / "docs" / "security-check.md").read_text(encoding="utf-8")


def listed() -> set[str]:
    rows = re.findall(r"^\| [\w ]*\| ([^|]+) \|", TEXT, re.MULTILINE)
    return {row.strip() for row in rows} - {"Check"}


def test_every_check_is_named() -> None:
    stores = ("mongodb://host/db", "sqlite:///app.sqlite")
    groups = [group for uri in stores for group in groups_of(options_with(databaseURI=uri))]

    assert listed() == {check.title for group in groups for check in group.checks}


async def test_the_example_runs() -> None:
    async def days_left_of(_host: str) -> int:
        return 3

    names: dict[str, Any] = {"days_left_of": days_left_of, "OPTIONS": OPTIONS}
    example = TEXT.split("```python\n")[1].split("```")[0]
    exec(re.sub(r"create_app\(\s*\{", "create_app({**OPTIONS, ", example), names)
    headers = {"X-Parse-Application-Id": "app", "X-Parse-Master-Key": MASTER_KEY}

    async with app_client(names["app"]) as client:
        answer = await client.get(f"{URL}/security", headers=headers)

    groups = {group["name"]: group for group in answer.json()["report"]["groups"]}
    assert list(groups) == ["Database", "Parse Server Configuration", "House"]
    tls, certificate = groups["House"]["checks"]
    assert tls == {"title": "TLS 1.2 or newer", "state": "success"}
    assert certificate["warning"] == "Clients will refuse the server soon. It ends in 3 days."
