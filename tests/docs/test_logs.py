"""The page on the log: its examples run, and it names what there is."""

from pathlib import Path
from typing import Any

import pytest

from parsepy.http.routers.logs import read_query
from parsepy.logs.base import MOST
from parsepy.logs.files import reading
from parsepy.logs.writer import MOST_WAITING
from parsepy.options.definitions.operation import LOG_LEVELS
from parsepy.telemetry.levels import LEVELS
from tests.support.local_app import local_app

pytestmark = pytest.mark.anyio

TEXT = (Path(__file__).parents[2] / "docs" / "logs.md").read_text(encoding="utf-8")
CODE, ADAPTER = (part.split("```")[0] for part in TEXT.split("```python\n")[1:])


async def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parsepy.logs.writer._FLUSH_SECONDS", 60.0)
    names: dict[str, Any] = {}
    exec(ADAPTER, names)
    shipper = names["Shipper"]({})
    code = tmp_path / "shop_of_the_page.py"
    code.write_text(CODE)
    async with local_app(cloud=str(code), loggerAdapter=shipper, logLevel="verbose") as parse:
        await parse.ok("POST", "/functions/buy", {"what": "tea"})
        found = await parse.ok("GET", "/scriptlog?n=20&level=verbose", master=True)

    by_message = {entry["message"]: entry for entry in found}
    assert by_message["bought tea"]["shop"] == "corner"
    assert by_message["bought tea"]["requestId"]
    assert "with password=********" in by_message


def test_every_level_option_and_bound_is_named() -> None:
    for name in (*LEVELS, *(option.name for option in LOG_LEVELS.options)):
        assert f"`{name}`" in TEXT or f".{name}`" in TEXT, name
    for number in (MOST, MOST_WAITING, reading.MOST_READ >> 20):
        assert str(number) in TEXT


def test_every_parameter_is_named() -> None:
    for name in ("level", "from", "until", "startDate", "n", "size", "order", "text"):
        assert f"`{name}`" in TEXT, name
    assert read_query({}).size == 10
