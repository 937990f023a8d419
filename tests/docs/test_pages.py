"""The page on pages: its example runs, and it names what there is."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from parsepy.options.definitions.pages import PAGES_OPTIONS
from parsepy.pages.page import Page
from parsepy.pages.request import PageRequest
from tests.support.asgi import ORIGIN, app_client

pytestmark = pytest.mark.anyio

TEXT = (Path(__file__).parents[2] / "docs" / "pages.md").read_text(encoding="utf-8")


async def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my-pages").mkdir()
    (tmp_path / "my-pages" / "invitation.html").write_text("invited by {{code}}")
    names: dict[str, Any] = {}
    exec(TEXT.split("```python\n")[1].split("```")[0], names)

    async with app_client(names["app"]) as client:
        shown = await client.get(f"{ORIGIN}/parse/apps/my-app/invitation/123")
        refused = await client.get(f"{ORIGIN}/parse/apps/my-app/invitation/x")

    assert (shown.status_code, shown.text) == (200, "invited by 123")
    assert (refused.status_code, refused.text) == (404, "Not found.")


def test_every_page_is_named() -> None:
    for page in Page:
        assert f"| `{page.file}` | `{page.value}` |" in TEXT


def test_every_option_is_named() -> None:
    for option in PAGES_OPTIONS.options:
        assert f"`pages.{option.name}" in TEXT or f'"{option.name}": ' in TEXT


def test_every_part_of_a_request_is_named() -> None:
    for field in fields(PageRequest):
        assert f"`{field.name}`" in TEXT


def test_every_template_value_is_named() -> None:
    values = "appId appName publicServerUrl pagesUrl pagesEndpoint token username error locale"
    for name in values.split():
        assert f"`{name}`" in TEXT
