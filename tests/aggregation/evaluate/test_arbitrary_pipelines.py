"""Whatever stands in a pipeline, it is evaluated or refused: nothing else is ever raised."""

from contextlib import suppress
from typing import cast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from parsepy.aggregation.evaluate import compile_pipeline
from parsepy.aggregation.evaluate.accumulators import ACCUMULATORS
from parsepy.aggregation.evaluate.match_values import TESTS
from parsepy.aggregation.evaluate.operators import OPERATORS
from parsepy.aggregation.evaluate.pipeline import STAGES
from parsepy.aggregation.needed import needed_fields
from parsepy.errors import ParseError
from parsepy.protocol.values import date
from parsepy.types import JSONObject, JSONValue

NAMES = (
    "input cond in as vars date unit amount startDate endDate format timezone if then else branches"
    " case default initialValue inputs to onError find replacement regex options path from coll let"
    " localField foreignField pipeline groupBy boundaries output newRoot size _id a b a.b"
    " includeArrayIndex preserveNullAndEmptyArrays binSize dateString chars limit sortBy"
).split()
OPERATIONS = sorted({*OPERATORS, *ACCUMULATORS, *TESTS, "$not", "$all", "$elemMatch", "$size"})
LOGICAL = ["$and", "$or", "$nor", "$expr", "$comment", "$options"]
SCALARS: list[JSONValue] = [
    None, True, False, 0, 1, -1, 2, 1.5, 1e300, -(2**53), 2**63, "", "a", "$a", "$b.c", "$$ROOT",
    "$$this", "$$NOW", "$$REMOVE", "day", "string", "int", "%Y-%", "UTC", "(",
    date("2020-02-29T00:00:00.000Z"),
    date("0001-01-01T00:00:00.000Z"), date("9999-12-31T23:59:59.999Z"),
    {"__type": "Bytes", "base64": "AA=="},
]  # fmt: skip
DOCUMENTS: list[JSONObject] = [
    {"_id": "x", "a": 1, "b": {"c": "text"}},
    {"_id": "y", "a": [1, "a", {"b": None}], "b": date("2020-02-29T00:00:00.000Z")},
    {"_id": "z", "a": None, "b": {"__type": "Bytes", "base64": "AA=="}},
]


def _nested(children: SearchStrategy[JSONValue]) -> SearchStrategy[JSONValue]:
    named = st.dictionaries(st.sampled_from(NAMES), children, max_size=4)
    operation = st.dictionaries(
        st.sampled_from([*OPERATIONS, *LOGICAL]), children, min_size=1, max_size=1
    )
    with_names = st.tuples(st.sampled_from(OPERATIONS), named).map(lambda pair: {pair[0]: pair[1]})
    lists = st.lists(children, max_size=3)
    return cast("SearchStrategy[JSONValue]", lists | named | operation | with_names)


values = st.recursive(st.sampled_from(SCALARS), _nested, max_leaves=12)
stages = st.tuples(st.sampled_from(STAGES), values).map(lambda pair: {pair[0]: pair[1]})
expressions = values.map(lambda value: cast("JSONObject", {"$set": {"x": value}}))


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(stages | expressions, min_size=1, max_size=3))
def test_any_pipeline_is_evaluated_or_refused(pipeline: list[JSONObject]) -> None:
    with suppress(ParseError):
        evaluate = compile_pipeline(pipeline, lambda _name: lambda: DOCUMENTS)
        needed_fields(pipeline)
        list(evaluate(DOCUMENTS))
