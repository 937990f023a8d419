"""Pipelines over documents that are given as they are."""

from collections.abc import Sequence

import pytest

from parsepy.aggregation.evaluate import compile_pipeline
from parsepy.errors import ParseError
from parsepy.types import JSONObject, JSONValue

ONE: JSONObject = {"_id": "a"}


def run(
    pipeline: Sequence[JSONObject],
    documents: Sequence[JSONObject] = (ONE,),
    **collections: list[JSONObject],
) -> list[JSONObject]:
    evaluate = compile_pipeline(pipeline, lambda name: lambda: collections.get(name, []))
    return list(evaluate(documents))


def value_of(expression: JSONValue, document: JSONObject = ONE) -> JSONValue:
    """The expression's value; the text `nothing` when there is none."""
    (row,) = run([{"$project": {"_id": 0, "r": expression}}], [document])
    return row.get("r", "nothing")


def refusal(pipeline: Sequence[JSONObject], documents: Sequence[JSONObject] = (ONE,)) -> str:
    with pytest.raises(ParseError) as refused:
        run(pipeline, documents)
    assert refused.value.code == 102
    return refused.value.message
