"""Who may read a file, by every door: signed addresses, ACLs, and both."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest

from parsepy.cloud import ACL, File, FileRequest
from parsepy.options.model import SignedUrls
from parsepy.permissions.file_signatures import FileSignatures
from parsepy.protocol import clock
from tests.files.readers import ACTORS, CONTENT, KEYS, Readers, doors_of, plain
from tests.support.local_app import LocalApp, local_app, parse
from tests.support.moving_clock import MovingClock

__all__ = ["parse"]

pytestmark = pytest.mark.anyio

UPLOADS: Final[dict[str, Any]] = {"fileUpload": {"enableForAnonymousUser": True}}
SIGNED: Final[dict[str, Any]] = {"fileDownload": {"signedUrls": {"expiresIn": 600}}}
OWNED: Final[dict[str, Any]] = {
    "fileUpload": {
        "accessControl": "owner",
        "enableForPublic": True,
        "enableForAnonymousUser": True,
    }
}
STAFF: Final = json.dumps({"role:staff": {"read": True}})


@asynccontextmanager
async def people(request: pytest.FixtureRequest, **options: Any) -> AsyncIterator[Readers]:
    uri = "sqlite::memory:"
    if request.param == "mongodb":
        uri = request.getfixturevalue("mongodb_database_uri")
    async with local_app(databaseURI=uri, **(UPLOADS | options)) as app:
        yield await Readers.of(app)


@pytest.fixture(params=["sqlite", "mongodb"])
async def signed(request: pytest.FixtureRequest) -> AsyncIterator[Readers]:
    async with people(request, **SIGNED) as readers:
        yield readers


@pytest.fixture(params=["sqlite", "mongodb"])
async def owned(request: pytest.FixtureRequest) -> AsyncIterator[Readers]:
    async with people(request, **OWNED) as readers:
        yield readers


@pytest.fixture(params=["sqlite"])
async def both(request: pytest.FixtureRequest) -> AsyncIterator[Readers]:
    async with people(request, **SIGNED, **OWNED) as readers:
        yield readers


async def seen(readers: Readers, url: str) -> dict[str, str]:
    """What everybody gets at an address: the same by every door."""
    found = {}
    for actor in ACTORS:
        by_door = {await door(readers, actor, url) for door in doors_of(actor)}
        assert len(by_door) == 1, (actor, by_door)
        found[actor] = by_door.pop()
    return found


def only(result: str, *actors: str, others: str) -> dict[str, str]:
    return {actor: result if actor in actors else others for actor in ACTORS}


# -- signed addresses


async def test_a_signed_address_opens_its_file_to_everybody(signed: Readers) -> None:
    stored = await signed.upload()

    assert set((await seen(signed, stored["url"])).values()) == {"open"}


async def test_an_address_without_a_good_signature_is_for_keys_only(signed: Readers) -> None:
    stored = await signed.upload()
    other = await signed.upload()
    forbidden = only("open", *KEYS, others="forbidden")
    query = urlsplit(stored["url"]).query
    expires = parse_qs(query)["X-Parse-Expires"][0]
    for url in (
        plain(stored["name"]),
        f"{plain(stored['name'])}?{urlsplit(other['url']).query}",
        stored["url"].replace(expires, str(int(expires) + 1)),
        stored["url"][:-1],
        f"{plain(stored['name'])}?X-Parse-Expires={expires}",
    ):
        assert await seen(signed, url) == forbidden, url


async def test_a_file_that_is_not_there_answers_as_one_that_is(signed: Readers) -> None:
    missing = plain("0123456789abcdef0123456789abcdef_a.txt")

    assert await seen(signed, missing) == only("missing", *KEYS, others="forbidden")


async def test_an_address_expires(signed: Readers) -> None:
    stored = await signed.upload()

    with clock.using(MovingClock(601)):
        assert await seen(signed, stored["url"]) == only("open", *KEYS, others="forbidden")


async def test_a_signature_is_for_one_app(signed: Readers) -> None:
    stored = await signed.upload()
    foreign = FileSignatures("other", SignedUrls(expires_in=600, key="master-key"))
    own = FileSignatures("app", SignedUrls(expires_in=600, key="master-key"))

    for signing, result in ((own, "open"), (foreign, "forbidden")):
        url = f"{plain(stored['name'])}?{signing.query(stored['name'])}"
        assert (await seen(signed, url))["nobody"] == result


# -- ACLs


async def test_a_file_is_its_owners(owned: Readers) -> None:
    stored = await owned.upload()

    assert stored["url"] == plain(stored["name"])
    assert await seen(owned, stored["url"]) == only("open", "owner", *KEYS, others="missing")


async def test_a_role_and_those_within_it_may_read(owned: Readers) -> None:
    stored = await owned.upload(**{"X-Parse-File-ACL": STAFF})

    readers = ("member", "nested member", *KEYS)
    assert await seen(owned, stored["url"]) == only("open", *readers, others="missing")


async def test_roles_are_those_of_now(owned: Readers) -> None:
    stored = await owned.upload(**{"X-Parse-File-ACL": STAFF})
    member = {"__type": "Pointer", "className": "_User", "objectId": owned.users["member"].id}
    staff = (await owned.app.ok("GET", '/roles?where={"name":"staff"}', master=True))["results"][0]
    assert (await seen(owned, stored["url"]))["member"] == "open"

    body = {"users": {"__op": "RemoveRelation", "objects": [member]}}
    await owned.app.ok("PUT", f"/roles/{staff['objectId']}", body, master=True)

    assert (await seen(owned, stored["url"]))["member"] == "missing"


async def test_a_file_of_nobody_is_for_keys_only(owned: Readers) -> None:
    for actor in ("nobody", "master"):
        stored = await owned.upload(actor)
        assert await seen(owned, stored["url"]) == only("open", *KEYS, others="missing")


async def test_a_file_without_acl_is_open(owned: Readers) -> None:
    """Those that were there before, or that parse-server has stored."""

    async def content() -> AsyncIterator[bytes]:
        yield CONTENT

    await owned.app.app.parts.files.save("old.txt", content(), {"m": 1})

    assert set((await seen(owned, plain("old.txt"))).values()) == {"open"}


async def test_no_cache_keeps_what_is_not_for_all(owned: Readers) -> None:
    stored = await owned.upload(**{"X-Parse-File-ACL": '{"*":{"read":true}}'})

    answer = await owned.asked("nobody", stored["url"])

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-cache")


async def test_who_has_lost_the_right_is_not_told_that_his_copy_is_current(owned: Readers) -> None:
    stored = await owned.upload()
    tag = (await owned.asked("owner", stored["url"])).headers["ETag"]

    answer = await owned.asked("stranger", stored["url"], **{"If-None-Match": tag})

    assert answer.status_code == 404


async def test_a_trigger_leads_nobody_to_a_file_that_is_not_his(owned: Readers) -> None:
    stored = await owned.upload()
    with owned.app.app.cloud_code():
        open_file = await File("open.txt", CONTENT, acl=ACL({"*": {"read": True}})).save(
            use_master_key=True
        )

    @owned.app.app.registry.before_find(File)
    async def lead(request: FileRequest) -> File | None:
        return File(stored["name"]) if request.file.name == open_file.name else None

    assert await seen(owned, plain(open_file.name)) == only(
        "open", "owner", *KEYS, others="missing"
    )


# -- both


async def test_with_both_an_address_or_the_own_acl_opens_a_file(both: Readers) -> None:
    stored = await both.upload()

    assert set((await seen(both, stored["url"])).values()) == {"open"}
    assert await seen(both, plain(stored["name"])) == only(
        "open", "owner", *KEYS, others="forbidden"
    )


async def test_with_both_what_is_open_to_all_still_needs_its_address(both: Readers) -> None:
    stored = await both.upload(**{"X-Parse-File-ACL": '{"*":{"read":true}}'})

    assert await seen(both, plain(stored["name"])) == only("open", *KEYS, others="forbidden")


async def test_addresses_are_given_to_readers_of_the_object(both: Readers) -> None:
    """The object's ACL decides who gets one, whatever that of the file says."""
    stored = await both.upload()
    owner, member = both.users["owner"], both.users["member"]
    file = {"__type": "File", **stored}
    acl = {owner.id: {"read": True, "write": True}, "role:staff": {"read": True}}
    game = await both.app.create("Game", {"photo": file, "ACL": acl}, user=owner)

    shown = await both.app.ok("GET", f"/classes/Game/{game}", user=member)
    hidden = await both.app.send("GET", f"/classes/Game/{game}", user=both.users["stranger"])

    assert (await both.asked("nobody", shown["photo"]["url"])).content == CONTENT
    assert hidden.status_code == 404
    assert stored["name"] not in hidden.text


# -- what options decide besides


async def test_a_signature_does_not_stand_above_the_other_options() -> None:
    download = {"signedUrls": {}, "enableForPublic": False}
    async with local_app(**UPLOADS, fileDownload=download) as app:
        readers = await Readers.of(app)
        stored = await readers.upload()

        refused = await readers.asked("nobody", stored["url"])

        assert (refused.status_code, refused.json()["code"]) == (400, 119)
        assert (await readers.asked("stranger", stored["url"])).content == CONTENT


async def test_without_the_options_nothing_is_asked(parse: LocalApp) -> None:
    readers = await Readers.of(parse)
    stored = await readers.upload("master")
    parse.storage.taken_calls()

    assert stored["url"] == plain(stored["name"])
    assert set((await seen(readers, stored["url"])).values()) == {"open"}
    assert not [call for call in parse.storage.taken_calls() if "FileAccess" in str(call)]
