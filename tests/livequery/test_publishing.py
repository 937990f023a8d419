"""Which classes are published, and when: once a write is kept, and in the order of writes."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from parsepy.errors import ParseError
from parsepy.livequery.publications import Publication
from parsepy.livequery.publishing import MOST_REMEMBERED, PublishedClasses, Publishing
from parsepy.objects import delete, write
from parsepy.objects.write_steps import has_id
from parsepy.protocol.operations import Add
from parsepy.storage.transaction import all_or_nothing
from parsepy.types import JSONValue
from tests.support.local_app import LocalApp, local_app

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("entry", "is_in", "is_not_in"),
    [
        ("Game", ["Game"], ["Games", "AGame", "game", "Gam", ""]),
        ("Chat.*", ["Chat", "ChatRoom"], ["AChat"]),
        ("_User", ["_User"], ["User"]),
        ("Parse.User", ["_User"], ["Parse.User", "ParseXUser"]),
        ("Parse.Role", ["_Role"], ["_User"]),
        ("Parse.Session", ["_Session"], []),
        ("Parse.Installation", ["_Installation"], []),
        ("(A|B)C", ["AC", "BC"], ["A", "C", "ABC"]),
        # As parse-server reads it: anchors are not for each alternative.
        ("A|B", ["A", "AX", "B", "XB"], ["BX", "XA"]),
    ],
)
def test_an_entry_names_classes(entry: str, is_in: list[str], is_not_in: list[str]) -> None:
    classes = PublishedClasses(["Other", entry])

    for _first_and_remembered in range(2):
        assert [name for name in is_in if name not in classes] == []
        assert [name for name in is_not_in if name in classes] == []


def test_an_entry_that_is_no_pattern_is_refused() -> None:
    with pytest.raises(ValueError, match=r"liveQuery.classNames: '\(' is no pattern"):
        PublishedClasses(["("])


def test_names_that_clients_invent_are_not_remembered_without_end() -> None:
    classes = PublishedClasses(["Game"])

    for number in range(MOST_REMEMBERED * 2):
        assert f"Class{number}" not in classes

    assert len(classes._known) <= MOST_REMEMBERED
    assert "Game" in classes


@dataclass(slots=True)
class Delivered:
    """What has been delivered, as the values of `n` before and after."""

    steps: list[tuple[JSONValue, JSONValue]] = field(default_factory=list)
    publications: list[Publication] = field(default_factory=list)

    async def __call__(self, publication: Publication) -> None:
        self.publications.append(publication)
        before, after = publication.original, publication.current
        if publication.deleted:
            before, after = after, {}
        self.steps.append(((before or {}).get("n"), after.get("n")))


@pytest.fixture(params=["sqlite", "mongodb"])
async def stored(request: pytest.FixtureRequest) -> AsyncIterator[LocalApp]:
    uri = "sqlite::memory:"
    if request.param == "mongodb":
        uri = request.getfixturevalue("mongodb_database_uri")
    async with local_app(databaseURI=uri) as running:
        yield running


def publishing(parse: LocalApp, *class_names: str) -> Delivered:
    delivered = Delivered()
    objects = parse.app.parts.objects
    objects.publisher = Publishing(class_names, delivered, objects.storage)
    return delivered


async def test_publications_say_what_happened(stored: LocalApp) -> None:
    delivered = publishing(stored, "Ga.*")

    game = await stored.create("Game", {"n": 1})
    await stored.ok("PUT", f"/classes/Game/{game}", {"n": 2})
    await stored.ok("DELETE", f"/classes/Game/{game}")
    await stored.create("Other", {"n": 1})

    assert delivered.steps == [(None, 1), (1, 2), (2, None)]
    assert [each.class_name for each in delivered.publications] == ["Game"] * 3
    assert [each.deleted for each in delivered.publications] == [False, False, True]
    assert [each.original is None for each in delivered.publications] == [True, False, True]
    assert all(each.current["objectId"] == game for each in delivered.publications)


async def test_a_transaction_is_published_when_it_is_kept(stored: LocalApp) -> None:
    game = await stored.create("Game", {"n": 1})
    delivered = publishing(stored, "Game")
    ctx = stored.context()
    before_the_end: list[int] = []

    async def work() -> None:
        await write.create(ctx, "Game", {"n": 10})
        await write.update(ctx, "Game", game, {"n": 2})
        await write.update(ctx, "Game", game, {"n": 3})
        await delete.delete(ctx, "Game", game)
        before_the_end.append(len(delivered.steps))

    await all_or_nothing(ctx.services.storage, work)

    assert before_the_end == [0]
    assert delivered.steps == [(None, 10), (1, 2), (2, 3), (3, None)]


async def test_a_transaction_that_is_not_kept_is_not_published(stored: LocalApp) -> None:
    game = await stored.create("Game", {"n": 1})
    delivered = publishing(stored, "Game")

    requests: list[dict[str, object]] = [
        {"method": "POST", "path": "/parse/classes/Game", "body": {"n": 10}},
        {"method": "PUT", "path": f"/parse/classes/Game/{game}", "body": {"n": 2}},
        {"method": "PUT", "path": "/parse/classes/Game/nothing", "body": {"n": 2}},
    ]
    refused = await stored.send("POST", "/batch", {"requests": requests, "transaction": True})
    assert refused.is_client_error
    assert delivered.steps == []

    await stored.ok("POST", "/batch", {"requests": requests[:2], "transaction": True})
    assert delivered.steps == [(None, 10), (1, 2)]


async def test_a_refusal_that_is_caught_ends_a_transaction_all_the_same(
    stored: LocalApp,
) -> None:
    game = await stored.create("Game", {"n": 1})
    delivered = publishing(stored, "Game")
    ctx = stored.context()
    storage = ctx.services.storage
    schema = await ctx.services.schemas.get("Game")

    async def work() -> None:
        await write.update(ctx, "Game", game, {"n": 2})
        with pytest.raises(ParseError):
            await storage.update(schema, has_id(game), {"n": Add([1])})

    with pytest.raises(ParseError):
        await all_or_nothing(storage, work)

    assert delivered.steps == []
