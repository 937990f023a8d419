"""One pipeline, one answer: MongoDB and SQLite give the same rows.

`PARSEPY_AGREEMENT_EXAMPLES` sets how many classes of objects are tried (40).
"""

import math
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsepy.errors import ParseError
from parsepy.query.sort_keys import sort_key
from parsepy.query.tree import EVERYTHING
from parsepy.types import JSONObject, JSONValue, ParseObject
from tests.aggregation.pipelines import pipelines
from tests.query.conftest import Stores
from tests.query.samples import DOTTED_KEYS, PLAIN_KEYS, SCHEMA, objects, wheres
from tests.query.test_stores_agree import agreement, parsed

pytestmark = pytest.mark.anyio


@agreement
@given(documents=objects, asked=st.lists(pipelines, min_size=8, max_size=16))
async def test_both_stores_answer_a_pipeline_alike(
    stores: Stores, documents: list[ParseObject], asked: list[list[JSONObject]]
) -> None:
    await stores.hold(documents)
    for pipeline in asked:
        in_mongodb, in_sqlite = await answers(stores, pipeline)
        if isinstance(in_mongodb, str):
            # MongoDB also refuses what no document would have met.
            continue
        assert in_sqlite == in_mongodb, pipeline


@agreement
@given(documents=objects, where=wheres)
async def test_both_stores_have_the_same_distinct_values(
    stores: Stores, documents: list[ParseObject], where: JSONObject
) -> None:
    await stores.hold(documents)
    tree = parsed(where) or EVERYTHING
    for field in (*PLAIN_KEYS, *DOTTED_KEYS, "_p_team", "_rperm"):
        in_mongodb, in_sqlite = [
            await store.distinct(SCHEMA, field, tree) for store in (stores.mongodb, stores.sqlite)
        ]
        # MongoDB lists them in the order of its own index, where it has one.
        assert sorted(in_sqlite, key=sort_key) == sorted(in_mongodb, key=sort_key), field


async def answers(
    stores: Stores, pipeline: list[JSONObject]
) -> tuple[list[JSONValue] | str, list[JSONValue] | str]:
    found: list[list[JSONValue] | str] = []
    for store in (stores.mongodb, stores.sqlite):
        try:
            rows = await store.aggregate(SCHEMA, pipeline)
            found.append(sorted(map(comparable, rows), key=sort_key))
        except ParseError as error:
            found.append(error.message)
    return found[0], found[1]


def comparable(value: JSONValue) -> JSONValue:
    """Without what is left open: the order of sets and the last digits of fractions."""
    if isinstance(value, float):
        return value if not math.isfinite(value) else float(f"{value:.12g}")
    if isinstance(value, list):
        return [comparable(item) for item in value]
    if not isinstance(value, dict):
        return value
    made: JSONObject = {name: comparable(child) for name, child in value.items()}
    for name in ("set_of", "one"):
        if isinstance(made.get(name), list):
            made[name] = sorted(cast("list[JSONValue]", made[name]), key=sort_key)
    return made
