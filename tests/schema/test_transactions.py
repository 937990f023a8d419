"""Classes and fields that a transaction makes are its own until it is kept."""

import asyncio
from collections.abc import Callable

import pytest

from parsepy.protocol.field_types import NUMBER, STRING
from parsepy.schema.classes import missing_class
from parsepy.storage.base import Storage
from tests.contract.conftest import lasting
from tests.schema.stores import Server, server

__all__ = ["lasting"]

pytestmark = pytest.mark.anyio


class Fault(Exception):
    """What stops a block in the middle."""


async def grow(there: Server) -> None:
    """Makes a class with a field."""
    made = await there.registry.ensure_class(missing_class("Fresh"))
    grown = await there.registry.ensure_fields(made, {"text": STRING})
    assert grown.types["text"] == STRING


async def known(there: Server) -> bool:
    return (await there.registry.get("Fresh")).exists


async def test_what_is_kept_is_known_to_all(lasting: Callable[[], Storage]) -> None:
    async with server(lasting) as there:
        async with there.storage.storage.transaction():
            await grow(there)
            assert await known(there)
            assert "Fresh" in {schema.name for schema in there.registry.known()}
        there.storage.taken_calls()
        assert (await there.registry.get("Fresh")).types["text"] == STRING
        assert there.storage.taken_calls() == []


async def test_what_is_taken_back_was_known_to_nobody_else(
    lasting: Callable[[], Storage],
) -> None:
    async with server(lasting) as there:
        made, go_on = asyncio.Event(), asyncio.Event()

        async def grow_and_fail() -> None:
            async with there.storage.storage.transaction():
                await grow(there)
                made.set()
                await go_on.wait()
                raise Fault

        growing = asyncio.create_task(grow_and_fail())
        await made.wait()
        assert not await known(there)
        assert there.registry.known() == []
        go_on.set()
        with pytest.raises(Fault):
            await growing
        assert not await known(there)
        # The name is free, for another type too.
        schema = await there.registry.ensure_class(missing_class("Fresh"))
        await there.registry.ensure_fields(schema, {"text": NUMBER})


async def test_who_waits_for_a_transaction_does_not_hold_it_up(
    lasting: Callable[[], Storage],
) -> None:
    async with server(lasting) as there:
        opened = asyncio.Event()

        async def grow_twice() -> None:
            async with there.storage.storage.transaction():
                await there.registry.ensure_class(missing_class("First"))
                opened.set()
                await asyncio.sleep(0)
                await there.registry.ensure_class(missing_class("Second"))

        growing = asyncio.create_task(grow_twice())
        await opened.wait()
        beside = asyncio.create_task(there.registry.ensure_class(missing_class("Third")))
        await asyncio.wait_for(asyncio.gather(growing, beside), 15)
        names = {schema.name for schema in there.registry.known()}
        assert names == {"First", "Second", "Third"}
