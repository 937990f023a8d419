"""`Query`: every constraint finds what it says, on both stores, with the caller's rights."""

from collections.abc import Callable
from typing import Any

import pytest

from parsepy.cloud import ACL, GeoPoint, Object, Polygon, Query
from parsepy.errors import ParseError
from tests.support.local_app import LocalApp

pytestmark = pytest.mark.anyio

ROWS: list[dict[str, Any]] = [
    {"n": 1, "name": "ada", "tags": ["a", "b"], "at": GeoPoint(0, 0), "e": True},
    {"n": 2, "name": "Bob", "tags": ["b"], "at": GeoPoint(0, 1)},
    {"n": 3, "name": "c.d", "tags": ["c", "a", "b"], "at": GeoPoint(0, 10), "e": None},
    {"n": 4, "name": "dora \\E x", "tags": []},
]
Build = Callable[["Query[Object]"], "Query[Object]"]

CASES: list[tuple[Build, list[int]]] = [
    (lambda q: q, [1, 2, 3, 4]),
    (lambda q: q.equal_to("n", 2), [2]),
    (lambda q: q.equal_to("tags", "a"), [1, 3]),
    (lambda q: q.not_equal_to("n", 2), [1, 3, 4]),
    (lambda q: q.less_than("n", 2), [1]),
    (lambda q: q.less_than_or_equal_to("n", 2), [1, 2]),
    (lambda q: q.greater_than("n", 2).less_than("n", 4), [3]),
    (lambda q: q.greater_than_or_equal_to("n", 3), [3, 4]),
    (lambda q: q.contained_in("n", [1, 4, 9]), [1, 4]),
    (lambda q: q.not_contained_in("n", [1, 4]), [2, 3]),
    (lambda q: q.contained_by("tags", ["a", "b"]), [1, 2, 4]),
    (lambda q: q.contains_all("tags", ["a", "b"]), [1, 3]),
    (lambda q: q.contains_all_starting_with("tags", ["c"]), [3]),
    (lambda q: q.exists("e"), [1, 3]),
    (lambda q: q.does_not_exist("at"), [4]),
    (lambda q: q.matches("name", "^b", "i"), [2]),
    (lambda q: q.starts_with("name", "c."), [3]),
    (lambda q: q.starts_with("name", "ad"), [1]),
    (lambda q: q.ends_with("name", ".d"), [3]),
    (lambda q: q.contains("name", "\\E"), [4]),
    (lambda q: q.near("at", GeoPoint(0, 0), 200, "kilometers"), [1, 2]),
    (lambda q: q.near("at", GeoPoint(0, 0), 200, "miles", ordered=False), [1, 2]),
    (lambda q: q.within_geo_box("at", GeoPoint(-1, 0.5), GeoPoint(1, 11)), [2, 3]),
    (lambda q: q.within_polygon("at", Polygon([(-1, -1), (-1, 2), (1, 2), (1, -1)])), [1, 2]),
    (lambda q: Query.any_of(q.copy().equal_to("n", 1), q.copy().equal_to("n", 4)), [1, 4]),
    (lambda q: Query.all_of(q.copy().less_than("n", 3), q.copy().equal_to("tags", "a")), [1]),
    (lambda q: Query.none_of(q.copy().less_than("n", 3), q.copy().equal_to("n", 4)), [3]),
]


async def _fill(parse: LocalApp) -> None:
    for row in ROWS:
        await Object("Row").save(row)


async def test_every_constraint_finds_what_it_says(stored: LocalApp) -> None:
    with stored.app.cloud_code():
        await _fill(stored)
        for number, (build, expected) in enumerate(CASES):
            found = await build(Query("Row")).find()
            assert sorted(one["n"] for one in found) == expected, number
            assert await build(Query("Row")).count() == len(expected), number


async def test_order_page_and_selection(stored: LocalApp) -> None:
    with stored.app.cloud_code():
        await _fill(stored)
        page = await Query("Row").descending("n").skip(1).limit(2).find()
        counted = await Query("Row").add_descending("n").limit(1).find_with_count()
        first = await Query("Row").ascending("name").select("name").first()
        without = await Query("Row").equal_to("n", 1).exclude("tags", "at").first()
        nothing = await Query("Row").equal_to("n", 9).first()

    assert [one["n"] for one in page] == [3, 2]
    assert ([one["n"] for one in counted.results], counted.count) == ([4], 4)
    assert first is not None
    assert without is not None
    assert (first["name"], first.has("n"), without.has("tags"), nothing) == (
        "Bob",
        False,
        False,
        None,
    )


async def test_sub_queries_relations_and_includes(stored: LocalApp) -> None:
    with stored.app.cloud_code():
        team = await Object("Team").save({"city": "Rome", "rank": 1})
        ann = await Object("Player").save({"team": team, "home": "Rome"})
        bob = await Object("Player").save({"home": "Oslo"})
        team.add_relation("fans", bob)
        await team.save()
        in_rome = Query("Team").equal_to("city", "Rome")

        def ids(found: list[Object]) -> list[str | None]:
            return [one.object_id for one in found]

        assert ids(await Query("Player").matches_query("team", in_rome).find()) == [ann.object_id]
        assert ids(await Query("Player").does_not_match_query("team", in_rome).find()) == [
            bob.object_id
        ]
        by_key = Query("Player").matches_key_in_query("home", "city", in_rome)
        assert ids(await by_key.find()) == [ann.object_id]
        by_key = Query("Player").does_not_match_key_in_query("home", "city", in_rome)
        assert ids(await by_key.find()) == [bob.object_id]
        assert ids(await Query("Player").related_to(team, "fans").find()) == [bob.object_id]
        included = await Query("Player").include("team").get(str(ann.object_id))
        assert included["team"]["city"] == "Rome"


async def test_any_number_of_rows_is_gone_through_once(stored: LocalApp) -> None:
    with stored.app.cloud_code():
        for number in range(25):
            await Object("Row").save({"n": number, "even": number % 2 == 0})

        seen = [one["n"] async for one in Query("Row").each(batch_size=4)]
        even = [one["n"] async for one in Query("Row").equal_to("even", True)]

        assert sorted(seen) == list(range(25))
        assert sorted(even) == list(range(0, 25, 2))
        with pytest.raises(ValueError, match="Cannot iterate"):
            [one async for one in Query("Row").limit(3)]


async def test_distinct_and_aggregate(stored: LocalApp) -> None:
    with stored.app.cloud_code():
        await _fill(stored)
        assert sorted(await Query("Row").distinct("tags")) == ["a", "b", "c"]
        rows = (
            await Query("Row")
            .greater_than("n", 1)
            .aggregate([{"$group": {"_id": None, "sum": {"$sum": "$n"}}}])
        )
        assert [row["sum"] for row in rows] == [9]
        with pytest.raises(ParseError):
            await Query("Row").distinct("tags", use_master_key=False)


async def test_a_query_has_the_rights_that_its_call_names(parse: LocalApp) -> None:
    ann = await parse.sign_up()
    with parse.app.cloud_code():
        secret = Object("Secret")
        secret.set_acl(ACL(ann.id))
        await secret.save(use_master_key=True)

        assert await Query("Secret").find() == []
        assert await Query("Secret").count() == 0
        assert len(await Query("Secret").find(session_token=ann.token)) == 1
        assert len(await Query("Secret").find(use_master_key=True)) == 1
        with pytest.raises(ParseError) as refused:
            await Query("Secret").get(str(secret.object_id))
        assert refused.value.code == 101


def test_queries_of_different_classes_do_not_go_together() -> None:
    with pytest.raises(ValueError, match="same class"):
        Query.any_of(Query("A"), Query("B"))


def test_object_itself_is_no_class_to_ask_for() -> None:
    with pytest.raises(TypeError):
        Query(Object)
