"""The code on docs/livequery.md is code that loads, and what the page says of frames is so."""

import json
import re
from pathlib import Path

import pytest

from parsepy.livequery.messages import Subscribe, decode
from parsepy.options.load import load_options
from tests.livequery.conftest import PUBLISHED
from tests.support.live_client import live_client, subscriber
from tests.support.local_app import OPTIONS, local_app

pytestmark = pytest.mark.anyio

PAGE = (Path(__file__).parents[2] / "docs" / "livequery.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_configuration_publishes_classes() -> None:
    options = {**OPTIONS, **json.loads(blocks("json")[0]), "masterKey": "m"}

    live_query = load_options(options).options.live_query

    assert live_query.class_names == ("Message", "Room", "Chat.*")
    assert live_query.serves


def test_the_frame_that_resumes_is_one() -> None:
    message = decode(blocks("json")[1])

    assert isinstance(message, Subscribe)
    assert message.since == "5f1c03ab-417"


async def test_the_triggers_do_what_the_page_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = blocks("python")
    main = tmp_path / "main.py"
    main.write_text(code)
    published = {"classNames": ["Message"]}
    async with local_app(liveQuery=published, cloud=str(main)) as parse:
        async with live_client(parse) as client:
            answer = await client.ask(op="connect", applicationId="app")
            assert (answer["code"], answer["error"]) == (209, "Log in first.")
        async with subscriber(parse, "Message", user=await parse.sign_up()) as client:
            await parse.create("Message", {"draft": True})
            message = await parse.create("Message", {"draft": False})
            await parse.ok("DELETE", f"/classes/Message/{message}")
            told = await client.told()

    assert [frame["op"] for frame in told] == ["create"]


def test_the_limits_are_the_options_defaults() -> None:
    settings = load_options({**OPTIONS, "liveQuery": PUBLISHED}).options.live_query
    rows = dict(re.findall(r"\| `(\w+)` \| ([\w ]+) \|", PAGE.partition("## Limits")[2]))

    del rows["liveQueryServerOptions"]
    assert rows == {
        "websocketTimeout": f"{settings.ping_interval * 1000:.0f}",
        "maxSubscriptionsPerClient": str(settings.max_subscriptions),
        "maxFrameSize": f"{settings.max_frame >> 20} MiB",
        "maxUnsentSize": f"{settings.max_unsent >> 20} MiB",
    }
    assert f"({settings.resume_events})" in PAGE
