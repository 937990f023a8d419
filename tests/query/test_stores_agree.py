"""One query language, one meaning: MongoDB, SQLite and the matcher select the same objects.

`PARSEPY_AGREEMENT_EXAMPLES` sets how many classes of objects are tried (40).
"""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parsepy.errors import ParseError
from parsepy.protocol.find_parameters import SortKey
from parsepy.query.options import FindOptions
from parsepy.query.parse import parse_where
from parsepy.query.tree import EVERYTHING, Accessible, Where, both
from parsepy.types import JSONObject, ParseObject
from tests.query.conftest import Stores, ids_of
from tests.query.samples import SCHEMA, groups, objects, orders, wheres

pytestmark = pytest.mark.anyio

EXAMPLES = int(os.environ.get("PARSEPY_AGREEMENT_EXAMPLES", "40"))
BY_ID: SortKey = ("objectId", False)

agreement = settings(
    max_examples=EXAMPLES,
    deadline=None,
    print_blob=True,
    # The stores are emptied by each example itself.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def parsed(where: JSONObject) -> Where | None:
    try:
        return parse_where(where, SCHEMA.types)
    except ParseError:
        return None


@agreement
@given(documents=objects, asked=st.lists(wheres, min_size=8, max_size=16))
async def test_every_evaluator_selects_the_same_objects(
    stores: Stores, documents: list[ParseObject], asked: list[JSONObject]
) -> None:
    await stores.hold(documents)
    for where in asked:
        tree = parsed(where)
        if tree is None:
            continue
        assert not await stores.disagreement(documents, tree), where


@agreement
@given(documents=objects, where=wheres, group=groups)
async def test_access_and_count_are_the_same_everywhere(
    stores: Stores, documents: list[ParseObject], where: JSONObject, group: tuple[str, ...]
) -> None:
    await stores.hold(documents)
    for permission in ("read", "write"):
        tree = both(parsed(where) or EVERYTHING, Accessible(permission, group))
        assert not await stores.disagreement(documents, tree)
        selected = len(await ids_of(stores.mongodb, tree))
        for store in (stores.mongodb, stores.sqlite):
            assert await store.count(SCHEMA, tree) == selected


@agreement
@given(documents=objects, order=orders)
async def test_both_stores_sort_alike(
    stores: Stores, documents: list[ParseObject], order: tuple[SortKey, ...]
) -> None:
    await stores.hold(documents)
    if all(key != "objectId" for key, _descending in order):
        order = (*order, BY_ID)
    in_mongodb = await ids_of(stores.mongodb, EVERYTHING, *order)
    assert await ids_of(stores.sqlite, EVERYTHING, *order) == in_mongodb


@agreement
@given(documents=objects)
async def test_both_stores_give_back_what_they_got(
    stores: Stores, documents: list[ParseObject]
) -> None:
    await stores.hold(documents)
    for store in (stores.mongodb, stores.sqlite):
        found = await store.find(SCHEMA, EVERYTHING, FindOptions(order=(BY_ID,)))
        assert found == documents
