"""Subscriptions in tests of an app."""

import pytest

from parsepy.cloud import Object
from parsepy.errors import ParseError
from parsepy.testing import AppUnderTest

pytestmark = pytest.mark.anyio

KEYS = {"applicationId": "app", "masterKey": "master"}


@pytest.fixture
def parse_options(parse_options: dict[str, object]) -> dict[str, object]:
    published = {"liveQuery": {"classNames": ["Message"]}, "allowClientClassCreation": True}
    return {**parse_options, **published}


async def test_a_client_is_told_what_it_may_see(parse_app: AppUnderTest) -> None:
    ann, ben = await parse_app.sign_up("ann"), await parse_app.sign_up("ben")
    private = {"text": "for ann", "ACL": {ann.id: {"read": True, "write": True}}}
    async with ann.subscribe("Message", keys=["text"]) as hers, ben.subscribe("Message") as his:
        first = await ann.create("Message", private)
        await ben.create("Message", {"text": "for all"})
        await ann.update("Message", first["objectId"], {"text": "again"})
        told = [(event.kind, event.object["text"]) for event in await hers.all()]
        assert told == [("create", "for ann"), ("create", "for all"), ("update", "again")]
        assert [event.object["text"] for event in await his.all()] == ["for all"]
        assert await hers.all() == []


async def test_conditions_may_have_values_of_python(parse_app: AppUnderTest) -> None:
    room = Object("Room", "r")
    async with parse_app.client.subscribe("Message", {"room": room}) as events:
        await parse_app.client.create("Message", {"room": room})
        await parse_app.client.create("Message", {"room": Object("Room", "other")})

        assert len(await events.all()) == 1


async def test_what_is_refused_raises(parse_app: AppUnderTest) -> None:
    with pytest.raises(ParseError) as refused:
        async with parse_app.client.subscribe("_Session"):
            pass
    assert refused.value.code == 209


async def test_the_master_key_has_to_be_one_of_the_keys(parse_app: AppUnderTest) -> None:
    with pytest.raises(RuntimeError, match="keyPairs has it"):
        async with parse_app.master.subscribe("Message"):
            pass


class TestWithKeys:
    @pytest.fixture
    def parse_options(self, parse_options: dict[str, object]) -> dict[str, object]:
        return {**parse_options, "liveQueryServerOptions": {"keyPairs": KEYS}}

    async def test_the_master_key_sees_all(self, parse_app: AppUnderTest) -> None:
        async with (
            parse_app.master.subscribe("Message") as events,
            parse_app.client.subscribe("Message") as others,
        ):
            await parse_app.master.create("Message", {"ACL": {}})

            assert len(await events.all()) == 1
            assert await others.all() == []


class TestWithout:
    @pytest.fixture
    def parse_options(self, parse_options: dict[str, object]) -> dict[str, object]:
        return {name: value for name, value in parse_options.items() if name != "liveQuery"}

    async def test_an_app_without_it_says_so(self, parse_app: AppUnderTest) -> None:
        with pytest.raises(RuntimeError, match="option liveQuery"):
            async with parse_app.client.subscribe("Message"):
                pass


async def test_nothing_is_left_for_the_next_test(parse_app: AppUnderTest) -> None:
    subscription = parse_app.client.subscribe("Message")
    await subscription.__aenter__()
    live = (await parse_app.ready()).parts.live
    assert live is not None
    position = live.server.position
    await parse_app.begin_anew()

    assert live.server.position != position
    await subscription.__aexit__(None, None, None)
    assert live.server.is_idle
