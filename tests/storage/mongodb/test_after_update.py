"""What is worked out of an update is what the real server makes of the document.

`PARSEPY_AGREEMENT_EXAMPLES` sets how many random updates are tried (40).
"""

import os
from copy import deepcopy
from datetime import datetime
from typing import Any

import pytest
from bson import Decimal128, Int64
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from pymongo.database import Database
from pymongo.errors import OperationFailure

from parsepy.protocol.json import dumps
from parsepy.storage.mongodb.after_update import document_after
from parsepy.storage.mongodb.read_values import read_nested
from tests.storage.mongodb.samples import Raw

EXAMPLES = int(os.environ.get("PARSEPY_AGREEMENT_EXAMPLES", "40")) * 5
MOMENT = datetime.fromisoformat("2024-01-02T03:04:05.678")

_scalars: SearchStrategy[Any] = st.sampled_from(
    [
        *(None, True, False, "", "a", 0, 1, -1, 2**31 - 1, 1.0, 2.5, -0.0, 1e300, float("nan")),
        *(Int64(1), Int64(2**53 + 1), Int64(2**62), Decimal128("1"), Decimal128("0.10")),
        *(MOMENT, b"", b"hello", "1"),
    ]
)
_keys = st.sampled_from(["a", "b", "0", "10", "9", "A", "_z"])
_values: SearchStrategy[Any] = st.recursive(
    _scalars,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(_keys, children, max_size=3),
    max_leaves=4,
)
_arrays = st.lists(_values, max_size=4)
_paths = st.sampled_from(
    "s n list map map.a map.b map.a.b map.a.0 map.0 map.10 map.9 list.0 list.1 list.4 list.0.a"
    " list.a list.1.0.b new new.a.b new.0".split()
)
_each = st.fixed_dictionaries({"$each": _arrays})
_arguments: dict[str, SearchStrategy[Any]] = {
    "$set": _values,
    "$unset": st.just(""),
    "$inc": st.sampled_from([0, 1, -1, 2.5, 0.1, 2**31 - 1, -(2.0**40), 1e300]),
    "$push": _each,
    "$addToSet": _each,
    "$pullAll": _arrays,
}
_documents: SearchStrategy[Raw] = st.fixed_dictionaries(
    {"_id": st.just("o")},
    optional={
        "s": _scalars,
        "n": _scalars,
        "list": _arrays,
        "map": st.dictionaries(_keys, _values, max_size=3),
    },
)


def _update(chosen: list[tuple[str, str]]) -> SearchStrategy[Raw]:
    update: dict[str, dict[str, SearchStrategy[Any]]] = {}
    for path, operator in chosen:
        update.setdefault(operator, {})[path] = _arguments[operator]
    return st.fixed_dictionaries(
        {operator: st.fixed_dictionaries(paths) for operator, paths in update.items()}
    )


_updates: SearchStrategy[Raw] = st.lists(
    st.tuples(_paths, st.sampled_from(sorted(_arguments))),
    min_size=1,
    max_size=4,
    unique_by=lambda each: each[0],
).flatmap(_update)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(document=_documents, update=_updates)
def test_it_is_what_the_server_makes_of_it(raw: Database[Raw], document: Raw, update: Raw) -> None:
    raw["T"].drop()
    raw["T"].insert_one(document)
    try:
        before = raw["T"].find_one_and_update({}, update)
    except OperationFailure:
        return
    assert before is not None

    after = document_after(before, update)

    assert text_of(after) == text_of(raw["T"].find_one())


@pytest.mark.parametrize(
    ("stored", "update"),
    [
        ({"n": 2**31 - 1}, {"$inc": {"n": 1}}),
        ({"n": Int64(2**53)}, {"$inc": {"n": 1}}),
        ({"n": 0.1}, {"$inc": {"n": 0.2}}),
        ({"n": Decimal128("0.1")}, {"$inc": {"n": 0.2}}),
        ({"n": 1e308}, {"$inc": {"n": 1e308}}),
        ({"list": [1, 1.0, True, "1"]}, {"$pullAll": {"list": [Decimal128("1.0")]}}),
        ({"list": [{"a": 1, "b": 2}]}, {"$addToSet": {"list": {"$each": [{"b": 2, "a": 1}]}}}),
        ({"list": [1]}, {"$addToSet": {"list": {"$each": [1.0, 2, 2.0, float("nan")]}}}),
        ({"list": [1]}, {"$unset": {"list.0": "", "list.7": "", "list.a": ""}}),
        ({"list": [1]}, {"$set": {"list.3": 1, "list.10": 2}}),
        ({"list": [1, 2]}, {"$set": {"list.01": 3, "list.003": 4}, "$unset": {"list.00": ""}}),
        ({"s": "x"}, {"$unset": {"s.a": "", "n.a": ""}, "$pullAll": {"map.b": [1]}}),
        ({}, {"$set": {"map.10": 1, "map.9": 2, "map.b": 3, "map.a": 4, "z": 5, "y": 6}}),
    ],
    ids=range(13),
)
def test_odd_cases_are_what_the_server_makes_of_them(
    raw: Database[Raw], stored: Raw, update: Raw
) -> None:
    raw["T"].insert_one({"_id": "o", **stored})
    before = raw["T"].find_one_and_update({}, deepcopy(update))
    assert before is not None

    assert text_of(document_after(before, update)) == text_of(raw["T"].find_one())


def text_of(document: Raw | None) -> bytes:
    """As the object that it is read as; the order of keys counts."""
    assert document is not None
    return dumps(read_nested(document))
