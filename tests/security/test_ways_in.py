"""Authentication data are judged alike wherever they come in: signing up, linking, beside a
password, in a challenge."""

from collections.abc import AsyncIterator

import pytest

from parsepy.cloud import TriggerRequest
from tests.security.doors import HEADERS, MASTER, NOBODY, Door, Reply, Who, session
from tests.security.stored_rows import rows_of
from tests.support.local_app import LocalApp, User, local_app
from tests.users.auth_data.providers import REFUSED, Badge

pytestmark = pytest.mark.anyio

ANN = {"username": "ann", "password": "secret"}
PROVEN = {"badge": {"id": "1", "code": "open"}}
UNPROVEN = {"badge": {"id": "1", "code": "wrong"}}
NO_IDS: list[object] = [
    *({"$ne": None}, {"$regex": "."}, {"$exists": True}, ["1"], [], True, 1, 0, "", None, {}),
]
UNKNOWN = ("unheardof", "a.b", "$where", "__class__", "__proto__", "badge.id", "", "a b", "Badge")


@pytest.fixture
def badge() -> Badge:
    return Badge()


@pytest.fixture
async def app(badge: Badge) -> AsyncIterator[LocalApp]:
    async with local_app(auth={"badge": badge}) as running:
        yield running


async def sign_up(app: LocalApp, body: object) -> User:
    answer = await app.ok("POST", "/users", body)
    return User(answer["objectId"], answer["sessionToken"])


async def test_rule_the_id_is_a_text_beside_a_password_and_in_a_challenge(
    app: LocalApp, door: Door
) -> None:
    await sign_up(app, ANN)
    victim = await sign_up(app, {"authData": PROVEN})
    before = await rows_of(app, "_User"), await rows_of(app, "_Session")
    for identity in NO_IDS:
        proofs = {"authData": {"badge": {"id": identity, "code": "open"}}}
        logged_in = await door.ask(app, "POST", "/login", {**ANN, **proofs})
        assert logged_in.code == 162, identity
        challenged = await door.ask(app, "POST", "/challenge", {"challengeData": {}, **proofs})
        assert challenged.code == 101, identity
        assert victim.id not in logged_in.text + challenged.text
    assert before == (await rows_of(app, "_User"), await rows_of(app, "_Session"))


async def test_rule_an_unknown_provider_is_looked_for_nowhere(app: LocalApp, door: Door) -> None:
    """No query by a name that a client made up: no index would serve it."""
    ann = await sign_up(app, ANN)
    await HEADERS.ask(app, "GET", "/users/me", who=session(ann))
    for name in UNKNOWN:
        proofs: dict[str, object] = {"authData": {name: {"id": "1"}}}
        ways: list[tuple[str, dict[str, object], Who, int, int]] = [
            ("/users", proofs, session(ann), 252, 0),
            ("/challenge", {"challengeData": {}, **proofs}, NOBODY, 101, 0),
            # The one look is for her name.
            ("/login", {**ANN, **proofs}, NOBODY, 252, 1),
        ]
        for path, body, who, code, looks in ways:
            app.storage.taken_calls()
            assert (await door.ask(app, "POST", path, body, who=who)).code == code, name
            calls = app.storage.taken_calls()
            assert sum(calls.count(call) for call in ("find", "get", "count")) == looks, path


async def test_rule_an_identity_of_another_is_refused_where_nothing_would_be_stored(
    app: LocalApp, badge: Badge, door: Door
) -> None:
    """Without the unique index to refuse it, and before any trigger hears of it."""
    heard: list[object] = []
    await sign_up(app, {"authData": PROVEN})
    ann = await sign_up(app, ANN)
    badge.answer = {"doNotSave": True}
    app.app.registry.before_login(heard.append)
    app.app.registry.before_save("_User")(heard.append)
    before = await rows_of(app, "_User"), await rows_of(app, "_Session")

    replies = await _claims(app, door, ann, PROVEN)

    assert [reply.code for reply in replies] == [208, 208, 208]
    assert heard == []
    assert before == (await rows_of(app, "_User"), await rows_of(app, "_Session"))


async def test_rule_whose_an_identity_is_hears_only_who_proves_it(
    app: LocalApp, door: Door
) -> None:
    await sign_up(app, {"authData": PROVEN})
    ann = await sign_up(app, ANN)

    taken = await _claims(app, door, ann, UNPROVEN)
    free = await _claims(app, door, ann, {"badge": {**UNPROVEN["badge"], "id": "2"}})

    assert [reply.code for reply in taken] == [REFUSED] * 3
    assert [reply.text for reply in taken] == [reply.text for reply in free]


async def _claims(app: LocalApp, door: Door, user: User, proofs: object) -> list[Reply]:
    """What `user` hears who links the identity, brings it beside a password, signs up by it."""
    body: dict[str, object] = {"authData": proofs}
    return [
        await door.ask(app, "PUT", f"/users/{user.id}", body, who=session(user)),
        await door.ask(app, "POST", "/login", {**ANN, **body}),
        await door.ask(app, "POST", "/users", body, who=session(user)),
    ]


async def test_rule_an_identity_that_a_trigger_gives_is_nobody_elses(
    badge: Badge, door: Door
) -> None:
    """Also where an operator makes no unique indexes."""
    unindexed = {"createIndexAuthDataUniqueness": False}
    async with local_app(auth={"badge": badge}, databaseOptions=unindexed) as app:
        await sign_up(app, {"authData": PROVEN})
        eve = await app.sign_up()

        @app.app.registry.before_save("_User")
        def give(request: TriggerRequest) -> None:
            request.object.set("authData", PROVEN)

        updated = await door.ask(app, "PUT", f"/users/{eve.id}", {"n": 1}, who=session(eve))
        signed_up = await door.ask(app, "POST", "/users", ANN)

        assert (updated.code, signed_up.code) == (208, 208)
        holders = await app.find("_User", {"authData.badge.id": "1"}, master=True)
        assert len(holders) == 1


async def test_rule_what_is_stored_proves_nothing(app: LocalApp, badge: Badge, door: Door) -> None:
    """Neither in part nor all of it as it is: being found is not being verified."""
    ann = await sign_up(app, {**ANN, "authData": PROVEN})
    badge.code = "changed"
    sessions = await rows_of(app, "_Session")
    for data in (PROVEN["badge"], {"id": "1"}):
        proofs = {"authData": {"badge": data}}
        assert (await door.ask(app, "POST", "/users", proofs)).code == REFUSED
        assert (await door.ask(app, "POST", "/login", {**ANN, **proofs})).code == REFUSED
        challenged = await door.ask(app, "POST", "/challenge", {"challengeData": {}, **proofs})
        assert challenged.code == 101
    assert await rows_of(app, "_Session") == sessions
    assert (await HEADERS.ask(app, "GET", "/users/me", who=session(ann))).ok


async def test_rule_a_session_says_truly_how_it_was_made(app: LocalApp, door: Door) -> None:
    signed_up = await door.ask(app, "POST", "/users", {**ANN, "createdWith": {"action": "mine"}})
    ann = User(signed_up.value["objectId"], signed_up.value["sessionToken"])
    beside = {**ANN, "authData": PROVEN}
    anonymous = {"authData": {"anonymous": {"id": "a"}}}
    loud = {"createdWith": {"action": "mine"}}
    made = {
        "signup password": signed_up,
        "login anonymous": await door.ask(app, "POST", "/users", anonymous),
        "login password": await door.ask(app, "POST", "/login", {**ANN, **loud}),
        "login password ": await door.ask(app, "POST", "/login", {**beside, **loud}),
        "login badge": await door.ask(app, "POST", "/users", {"authData": PROVEN, **loud}),
        "login masterkey": await door.ask(app, "POST", "/loginAs", {"userId": ann.id}, who=MASTER),
        "upgrade None": await door.ask(
            app, "POST", "/upgradeToRevocableSession", loud, who=session(ann)
        ),
        "create None": await door.ask(app, "POST", "/sessions", loud, who=session(ann)),
    }
    by_token = {row["sessionToken"]: row for row in await rows_of(app, "_Session")}
    for expected, reply in made.items():
        said = by_token[reply.value["sessionToken"]]["createdWith"]
        assert isinstance(said, dict)
        assert f"{said.pop('action')} {said.pop('authProvider', None)}" == expected.strip()
        assert said == {}
