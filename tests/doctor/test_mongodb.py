"""What is found in a parse-server database, one poison at a time."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import pytest
from bson import Decimal128, Int64, ObjectId
from pymongo.database import Database

from parsepy.errors import ParseError
from parsepy.options.load import load_options
from parsepy.storage.mongodb import MongoStorage
from parsepy.storage.wanted_indexes import wanted_indexes
from tests.doctor.samples import Raw, diagnose, make_healthy, raw_database, told

pytestmark = pytest.mark.anyio

NOW = datetime(2024, 1, 2, tzinfo=UTC)
TIMES: Raw = {"_created_at": NOW, "_updated_at": NOW}


@pytest.fixture
async def uri(mongodb_database_uri: str) -> str:
    storage = MongoStorage(mongodb_database_uri)
    await storage.start()
    await make_healthy(storage)
    await storage.close()
    return mongodb_database_uri


@pytest.fixture
def raw(uri: str) -> Iterator[Database[Raw]]:
    with raw_database(uri) as database:
        yield database


async def test_nothing_is_wrong_with_what_a_server_has_written(
    uri: str, raw: Database[Raw]
) -> None:
    diagnosis = await diagnose(uri)

    assert told(diagnosis) == []
    assert not diagnosis.has_errors
    assert diagnosis.looked_at["Thing"] == diagnosis.sizes["Thing"].objects == 5
    assert diagnosis.sizes["_Join:users:_Role"].objects == 1
    assert diagnosis.sizes["Thing"].bytes > 500


GOOD_VALUES: list[Raw] = [
    {"number": Int64(5)},
    {"number": Decimal128("1.5")},
    {"blob": "aGVsbG8="},
    {"text": None, "_p_owner": None, "owner": None},
    {"_rperm": [], "_wperm": [], "_acl": {}},
    {"day": NOW, "map": {"$a": {"b.c": 1}}, "list": [{"_x": 1}]},
]


async def test_forms_that_servers_read_are_fine(uri: str, raw: Database[Raw]) -> None:
    raw["Thing"].insert_many(
        [{"_id": f"good{n}", **columns, **TIMES} for n, columns in enumerate(GOOD_VALUES)]
    )

    assert told(await diagnose(uri)) == []


BAD_DOCUMENTS: list[tuple[str, Raw, str]] = [
    ("Thing", {"text": 5}, "error Thing text holds Number instead of String"),
    ("Thing", {"number": "5"}, "error Thing number holds String instead of Number"),
    ("Thing", {"number": True}, "error Thing number holds Boolean instead of Number"),
    ("Thing", {"flag": 1}, "error Thing flag holds Number instead of Boolean"),
    ("Thing", {"day": 5}, "error Thing day holds Number instead of Date"),
    ("Thing", {"day": "2020-01-01T00:00:00.000Z"}, "warning Thing day holds a date as text"),
    ("Thing", {"map": []}, "error Thing map holds Array instead of Object"),
    ("Thing", {"list": {}}, "error Thing list holds Object instead of Array"),
    ("Thing", {"place": [1, 2, 3]}, "error Thing place holds Array instead of GeoPoint"),
    ("Thing", {"file": {"name": "x"}}, "error Thing file holds Object instead of File"),
    ("Thing", {"blob": "not base64!"}, "error Thing blob holds String instead of Bytes"),
    ("Thing", {"_p_owner": "_User"}, "error Thing pointer owner is malformed"),
    ("Thing", {"_p_owner": "_User$undefined"}, "error Thing pointer owner is malformed"),
    ("Thing", {"_p_owner": "Team$x"}, "error Thing pointer owner points to Team, its field to"),
    ("Thing", {"owner": "x"}, "warning Thing pointer owner stands in a column of its own name"),
    ("Thing", {"_p_text": "A$x"}, "warning Thing column _p_text belongs to no Pointer field"),
    ("Thing", {"_stray": 1}, "error Thing column _stray is none of the server's"),
    ("Thing", {"_auth_data_x": {}}, "error Thing column _auth_data_x is none of the server's"),
    ("Thing", {"extra": 1}, "warning Thing column extra is in no schema"),
    ("Thing", {"map.a": 1}, "warning Thing column 'map.a' has a name that no query reaches"),
    ("Thing", {"members": []}, "warning Thing column members is ignored by the servers"),
    ("Thing", {"_rperm": "u1"}, "error Thing _rperm is no list of texts"),
    ("Thing", {"_rperm": ["u"], "_wperm": [5]}, "error Thing _wperm is no list of texts"),
    ("Thing", {"_acl": {"u": {"r": True}}}, "warning Thing _acl stands alone"),
    ("Thing", {"_updated_at": "x"}, "error Thing _updated_at holds String instead of Date"),
    ("Thing", {"_updated_at": None}, "warning Thing _updated_at is missing"),
    ("Odd_Names0", {"upper": "b"}, "warning Odd_Names0 required field UPPER is missing"),
    ("_User", {"_hashed_password": "sha1$x"}, "error _User passwords are stored in a form that is"),
    (
        "_User",
        {"_password_history": ["plain text"]},
        "error _User passwords are stored in a form that is not bcrypt",
    ),
    ("_User", {"_auth_data_fb": "x"}, "error _User _auth_data_fb holds String instead of Object"),
    ("_User", {"authData": {}}, "warning _User column authData is ignored by the servers"),
]


async def test_documents_that_do_not_fit_their_class_are_named(
    uri: str, raw: Database[Raw]
) -> None:
    for number, (class_name, columns, _) in enumerate(BAD_DOCUMENTS):
        raw[class_name].insert_one({"_id": f"bad{number}", **TIMES, **columns})

    lines = told(await diagnose(uri))

    for number, (_, columns, expected) in enumerate(BAD_DOCUMENTS):
        named = [line for line in lines if f"'bad{number}'" in line]
        assert len(named) == 1, (columns, named)
        assert named[0].startswith(expected), (columns, named)


async def test_an_id_that_is_no_text_is_found(uri: str, raw: Database[Raw]) -> None:
    raw["Thing"].insert_many([{"_id": ObjectId("5" * 24), **TIMES}, {"_id": 7, **TIMES}])

    assert told(await diagnose(uri)) == [
        f"error Thing _id is an ObjectId, not text ['{'5' * 24}']",
        "error Thing _id is of type int, not text ['7']",
    ]


Poison = Callable[[Database[Raw]], Any]


def a_collection_of_no_class(raw: Database[Raw]) -> None:
    raw["Leftover"].insert_one({})


def a_relation_of_no_field(raw: Database[Raw]) -> None:
    raw["_Join:gone:Thing"].insert_one({"owningId": "a", "relatedId": "b"})


def rows_without_owner_or_member(raw: Database[Raw]) -> None:
    rows = [("nobody", "ada"), ("every", "nobody"), ("nobody", "nobody")]
    raw["_Join:members:Thing"].insert_many(
        [{"owningId": owner, "relatedId": related} for owner, related in rows]
    )


def a_session_of_nobody(raw: Database[Raw]) -> None:
    raw["_Session"].insert_one({"_id": "s2", "_p_user": "_User$gone", **TIMES})


def users_who_differ_in_case_only(raw: Database[Raw]) -> None:
    raw["_User"].insert_one({"_id": "ada2", "username": "ADA", "email": "Ada@X.Y", **TIMES})


def a_type_that_nobody_knows(raw: Database[Raw]) -> None:
    raw["_SCHEMA"].update_one({"_id": "Thing"}, {"$set": {"odd": "decimal", "zero": 5}})


def a_second_geo_point(raw: Database[Raw]) -> None:
    raw["_SCHEMA"].update_one({"_id": "Thing"}, {"$set": {"place2": "geopoint"}})


def an_unfinished_copy(raw: Database[Raw]) -> None:
    raw["_ParsepyCopy"].insert_one({"_id": "copy"})


def a_missing_index(raw: Database[Raw]) -> None:
    raw["_Role"].drop_index("name_1")
    raw["_SCHEMA"].update_one({"_id": "_Role"}, {"$unset": {"_metadata.indexes": ""}})


def an_index_in_the_way(raw: Database[Raw]) -> None:
    raw["_Role"].drop_index("name_1")
    raw["_Role"].create_index([("name", 1)], name="name_1")


def an_index_of_another_name(raw: Database[Raw]) -> None:
    raw["_User"].drop_index("email_1")
    raw["_User"].create_index([("email", 1)], name="by_email", unique=True, sparse=True)
    raw["_SCHEMA"].update_one({"_id": "_User"}, {"$unset": {"_metadata.indexes": ""}})


def an_index_that_does_not_expire(raw: Database[Raw]) -> None:
    raw["_Idempotency"].drop_index("ttl")
    raw["_Idempotency"].create_index([("expire", 1)], name="ttl", sparse=True)


def covered_indexes(raw: Database[Raw]) -> None:
    raw["Thing"].create_index([("number", 1), ("day", -1)], name="long")
    raw["Thing"].create_index([("number", 1)], name="short")


def an_index_that_is_recorded_only(raw: Database[Raw]) -> None:
    raw["_SCHEMA"].update_one({"_id": "Thing"}, {"$set": {"_metadata.indexes.lost": {"a": 1}}})


def many_sessions(raw: Database[Raw]) -> None:
    raw["_Session"].insert_many(
        [{"_id": f"s{number}", "_p_user": "_User$ada", **TIMES} for number in range(2, 10_001)]
    )


FOUND: list[tuple[Poison, list[str]]] = [
    (
        a_collection_of_no_class,
        ["warning Leftover 1 objects of a class that is not in the schema []"],
    ),
    (
        a_relation_of_no_field,
        ["warning _Join:gone:Thing 1 rows of a relation that no class has []"],
    ),
    (
        rows_without_owner_or_member,
        [
            "warning _Join:members:Thing rows whose owner in Thing is gone ['nobody', 'nobody']",
            "warning _Join:members:Thing rows whose member in _User is gone ['nobody']",
        ],
    ),
    (a_session_of_nobody, ["warning _Session sessions of users that are gone ['s2']"]),
    (
        users_who_differ_in_case_only,
        [
            "error _User users share their username but for its case ['ada = ada2']",
            "error _User users share their email but for its case ['ada = ada2']",
        ],
    ),
    (
        a_type_that_nobody_knows,
        [
            "error Thing field odd has the type 'decimal', which no server knows []",
            "error Thing field zero has the type '5', which no server knows []",
        ],
    ),
    (a_second_geo_point, ["warning Thing there are several GeoPoint fields: place, place2 []"]),
    (an_unfinished_copy, ["error _ParsepyCopy this database is an unfinished copy []"]),
    (a_missing_index, ["warning _Role the index name_1 is missing []"]),
    (
        an_index_in_the_way,
        ["error _Role the index name_1 is in the way of the server's own name_1 []"],
    ),
    (
        an_index_of_another_name,
        ["error _User the index by_email is in the way of the server's own email_1 []"],
    ),
    (
        an_index_that_does_not_expire,
        ["error _Idempotency the index ttl is in the way of the server's own ttl []"],
    ),
    (covered_indexes, ["warning Thing the index short is covered by long []"]),
    (
        an_index_that_is_recorded_only,
        ["warning Thing the schema records the index lost, which is not there []"],
    ),
    (
        many_sessions,
        [
            "warning _Session no index serves sessionToken, and there are 10000 objects []",
            "warning _Session no index serves user, and there are 10000 objects []",
        ],
    ),
]


@pytest.mark.parametrize(("poison", "expected"), FOUND, ids=[p.__name__ for p, _ in FOUND])
async def test_poison_is_found(
    uri: str, raw: Database[Raw], poison: Poison, expected: list[str]
) -> None:
    poison(raw)

    diagnosis = await diagnose(uri)

    assert told(diagnosis) == expected
    assert all(finding.advice for finding in diagnosis.findings)
    assert diagnosis.has_errors == any(line.startswith("error") for line in expected)


@pytest.mark.parametrize(
    ("poison", "starts"),
    [
        (an_index_in_the_way, False),
        (an_index_of_another_name, False),
        (an_index_that_does_not_expire, False),
        (a_missing_index, True),
    ],
)
async def test_what_is_in_the_way_stops_a_start(
    uri: str, raw: Database[Raw], poison: Poison, starts: bool
) -> None:
    poison(raw)
    options = load_options({"appId": "app", "masterKey": "master"}).options
    storage = MongoStorage(uri)
    await storage.start()
    try:
        with nullcontext() if starts else pytest.raises(ParseError, match="cannot be made"):
            await storage.ensure_indexes(wanted_indexes(options, shared=True))
    finally:
        await storage.close()


async def test_an_index_that_nobody_used_is_noted(uri: str, raw: Database[Raw]) -> None:
    list(raw["Odd_Names0"].find({"UPPER": "A"}, hint="by_upper"))

    notes = [each.message for each in (await diagnose(uri)).findings]

    assert any(note.startswith("the index by_other has not been used since 20") for note in notes)
    assert not any("by_upper" in note for note in notes)


async def test_files_are_counted_and_no_finding(uri: str, raw: Database[Raw]) -> None:
    raw["fs.files"].insert_one({"filename": "f", "length": 5})
    raw["fs.chunks"].insert_one({"data": b"hello"})

    diagnosis = await diagnose(uri)

    assert told(diagnosis) == []
    assert diagnosis.files is not None
    assert diagnosis.files.objects == 1


async def test_nothing_is_changed(uri: str, raw: Database[Raw]) -> None:
    for poison, _ in FOUND:
        if poison not in (many_sessions, a_missing_index):
            poison(raw)
    before = raw.command("dbHash")["collections"]
    indexes = {name: raw[name].index_information() for name in before}

    for sample in (None, 2):
        assert (await diagnose(uri, sample)).has_errors

    assert raw.command("dbHash")["collections"] == before
    assert {name: raw[name].index_information() for name in before} == indexes


async def test_sample_bounds_what_is_looked_at(uri: str, raw: Database[Raw]) -> None:
    raw["Thing"].insert_many([{"_id": f"t{number}", **TIMES} for number in range(100)])
    raw["_Join:members:Thing"].insert_many(
        [{"owningId": "gone", "relatedId": "ada"} for _ in range(50)]
    )

    diagnosis = await diagnose(uri, 10)

    assert diagnosis.looked_at["Thing"] == 10
    assert diagnosis.sizes["Thing"].objects == 105
    (orphans,) = [each for each in diagnosis.findings if "owner" in each.message]
    assert orphans.count <= 10


async def test_countless_kinds_of_problems_are_told_in_bounds(uri: str, raw: Database[Raw]) -> None:
    raw["Thing"].insert_one({"_id": "wide", **{f"x{n}": n for n in range(1000)}, **TIMES})

    findings = (await diagnose(uri)).findings

    assert sum(each.class_name == "Thing" for each in findings) == 101
    assert sum(each.count for each in findings if each.class_name == "Thing") == 1000
