"""What the read-only key's pipelines are made of."""

from typing import cast

import pytest

from parsepy.aggregation.guard import guarded
from parsepy.aggregation.stored_names import SECRETS
from parsepy.errors import ParseError
from parsepy.types import JSONObject, JSONValue

OPEN: JSONObject = {"$unset": [*sorted(SECRETS)]}
COUNT: JSONObject = {"$count": "n"}


def sealed(stage: JSONObject) -> JSONObject:
    (found,) = guarded([stage], "Game")
    return found


@pytest.mark.parametrize(
    "stage",
    [
        {"$out": "Game"},
        {"$merge": {"into": "Game"}},
        {"$match": {"$where": "1"}},
        {"$project": {"a": {"$function": {}}}},
        {"$group": {"_id": None, "a": {"$accumulator": {}}}},
        {"$facet": {"a": [{"$lookup": {"from": "A", "as": "x", "pipeline": [{"$merge": 1}]}}]}},
        {"$graphLookup": {"from": "_User"}},
        {"$lookup": {"from": {"db": "admin", "coll": "x"}, "as": "x"}},
        {"$lookup": {"from": "_ParsepyMail", "as": "x"}},
        {"$unionWith": "prefix__ParsepyMail"},
        {"$graphLookup": {"from": "_ParsepyMail"}},
        {"$facet": {"a": [{"$unionWith": {"coll": "_ParsepyMail"}}]}},
    ],
)
def test_stages_that_write_or_run_code_are_refused(stage: JSONObject) -> None:
    with pytest.raises(ParseError) as refused:
        guarded([stage], "Game")
    assert refused.value.code == 119


@pytest.mark.parametrize("class_name", ["_User", "_Session", "prefix__User"])
def test_secrets_are_gone_before_the_first_stage(class_name: str) -> None:
    assert guarded([COUNT], class_name) == [OPEN, COUNT]
    assert guarded([], class_name) == [OPEN]


def test_other_classes_are_left_alone() -> None:
    assert guarded([COUNT], "Game") == [COUNT]


def test_a_stage_that_must_be_first_stays_first_and_names_no_secret() -> None:
    near: JSONObject = {"$geoNear": {"query": {"a": 1}}}
    assert guarded([near, COUNT], "_User") == [near, OPEN, COUNT]
    for probing in ({"_hashed_password": {"$exists": True}}, {"$expr": True}):
        with pytest.raises(ParseError):
            guarded([{"$geoNear": {"query": cast("JSONValue", probing)}}], "_User")


@pytest.mark.parametrize("name", ["_User", "_Session"])
def test_joined_documents_come_without_secrets(name: str) -> None:
    joined: JSONObject = {"from": name, "localField": "a", "foreignField": "b", "as": "x"}
    expected = {"$lookup": {**joined, "pipeline": [OPEN]}}
    assert sealed({"$lookup": joined}) == expected
    assert sealed({"$unionWith": name}) == {"$unionWith": {"coll": name, "pipeline": [OPEN]}}
    assert sealed({"$facet": {"a": [{"$lookup": joined}]}}) == {"$facet": {"a": [expected]}}
    nested: JSONObject = {"$lookup": {"from": "Game", "pipeline": [{"$lookup": joined}], "as": "y"}}
    assert sealed(nested) == {
        "$lookup": {"from": "Game", "pipeline": [expected], "as": "y"},
    }
