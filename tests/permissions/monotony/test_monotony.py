"""Whatever the settings: fewer grants never show more nor allow more, and no door shows more than
the front door. `PARSEPY_MONOTONY_EXAMPLES` sets how many worlds each test tries (60).
"""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from parsepy.schema.class_permissions import OPERATIONS
from tests.permissions.monotony.facts import SOMEBODY, Seen, seen_by
from tests.permissions.monotony.installed import Installed
from tests.permissions.monotony.worlds import (
    CALLERS,
    WAYS,
    Item,
    World,
    restricts_log_in,
    worlds,
)
from tests.permissions.monotony.writes import Allowed, allowed_to
from tests.support.local_app import local_app

pytestmark = pytest.mark.anyio
Ways: TypeAlias = Callable[[World], Iterator[World]]

EXAMPLES = int(os.environ.get("PARSEPY_MONOTONY_EXAMPLES", "60"))

monotony = settings(
    max_examples=EXAMPLES,
    deadline=None,
    print_blob=True,
    # Each example shows worlds of its own.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
async def installed() -> AsyncIterator[Installed]:
    async with local_app() as app:
        found = Installed(app)
        await found.begin()
        yield found


@st.composite
def _weakened(draw: st.DrawFn, ways: Ways) -> tuple[World, World]:
    world = draw(worlds)
    assume(not restricts_log_in(world))
    found = list(ways(world))
    assume(found)
    return world, draw(st.sampled_from(found))


weakened = st.one_of([_weakened(ways) for ways in WAYS])
"""A world and the same with less, each kind of less as often as any other."""


@monotony
@given(pair=weakened)
async def test_without_a_grant_nobody_sees_more(
    installed: Installed, pair: tuple[World, World]
) -> None:
    before, after = [await _seen(installed, world) for world in pair]
    for caller in CALLERS:
        had, has = before[caller], after[caller]
        assert has.plainly <= had.plainly, caller
        assert has.otherwise <= had.otherwise, caller
        assert {what for what in had.counts if has.counts[what] > had.counts[what]} == set(), caller


@monotony
@given(pair=weakened)
async def test_without_a_grant_nobody_may_do_more(
    installed: Installed, pair: tuple[World, World]
) -> None:
    before, after = [await _allowed(installed, world) for world in pair]
    for caller in CALLERS:
        assert after[caller] <= before[caller], caller


@monotony
@given(world=worlds)
async def test_no_door_shows_more_than_find_and_get(installed: Installed, world: World) -> None:
    for caller, seen in (await _seen(installed, world)).items():
        values = {(SOMEBODY, field, value) for _, field, value in seen.plainly}
        assert seen.otherwise <= seen.plainly | values, caller


async def test_where_all_is_open_everybody_sees_and_may_do_everything(installed: Installed) -> None:
    full = Item(0, "x", "y", "ann", ("bob",), 1, frozenset((1,)), None)
    bare = Item(1, "y", None, None, (), None, frozenset(), None)
    items = (full, bare, replace(bare, number=2), replace(bare, number=3))
    everybody = dict.fromkeys(OPERATIONS, frozenset("*"))
    nobody = dict.fromkeys(OPERATIONS, frozenset[str]())
    world = World(everybody, nobody, {}, {}, items, frozenset())

    for seen in (await _seen(installed, world)).values():
        assert ("item0", "a", '"x"') in seen.plainly
        assert {fact for fact in seen.plainly if fact[1] != "fans"} <= seen.otherwise
        assert ("item0", "fans", None) in seen.otherwise
        assert seen.counts['{"b": {"$exists": true}}'] == 1
    for allowed in (await _allowed(installed, world)).values():
        assert len(allowed) == 3 * len(items) + 2


async def _seen(installed: Installed, world: World) -> dict[str | None, Seen]:
    await installed.show(world)
    return {caller: await seen_by(installed.context(caller), world) for caller in CALLERS}


async def _allowed(installed: Installed, world: World) -> dict[str | None, set[Allowed]]:
    await installed.show(world)
    return {caller: await allowed_to(installed, caller, world) for caller in CALLERS}
