"""Authentication data and the triggers of `_User`."""

from typing import Any

import pytest

from parsepy.errors import ParseError
from tests.support.local_app import LocalApp, local_app
from tests.users.auth_data.providers import Badge

pytestmark = pytest.mark.anyio

PROOF = {"badge": {"id": "1", "code": "open"}}


def _noting(parse: LocalApp, *kinds: str) -> list[str]:
    heard: list[str] = []
    for kind in kinds:

        def note(request: Any, kind: str = kind) -> None:
            heard.append(kind)

        parse.app.registry.add_trigger(kind, "_User", note)
    return heard


async def test_a_sign_up_is_a_save_and_a_log_in_is_none() -> None:
    async with local_app(auth={"badge": Badge()}) as parse:
        heard = _noting(parse, "beforeSave", "afterSave", "beforeLogin", "afterLogin")

        await parse.ok("POST", "/users", {"authData": PROOF})
        signed_up, heard[:] = list(heard), []
        await parse.ok("POST", "/users", {"authData": PROOF})

    assert signed_up == ["beforeSave", "afterSave"]
    assert heard == ["beforeLogin"]


async def test_before_login_refuses_before_a_provider_is_asked() -> None:
    badge = Badge()
    async with local_app(auth={"badge": badge}) as parse:
        await parse.ok("POST", "/users", {"authData": PROOF})
        badge.asked.clear()

        def refuse(request: Any) -> None:
            raise ParseError(101, "You are banned.")

        parse.app.registry.add_trigger("beforeLogin", "_User", refuse)
        answer = await parse.send("POST", "/users", {"authData": PROOF})

        assert (answer.status_code, answer.json()) == (
            404,
            {"code": 101, "error": "You are banned."},
        )
        assert badge.asked == []
        assert len(await parse.ok("GET", "/sessions", master=True)) == 1


async def test_triggers_see_what_is_stored_and_not_what_was_sent() -> None:
    seen: list[Any] = []
    badge = Badge(answer={"save": {"id": "1", "kept": 1}})
    async with local_app(auth={"badge": badge}) as parse:

        def look(request: Any) -> None:
            seen.append(request.object.get("authData"))

        parse.app.registry.add_trigger("beforeSave", "_User", look)
        parse.app.registry.add_trigger("afterSave", "_User", look)
        await parse.ok("POST", "/users", {"authData": PROOF})

    assert seen == [{"badge": {"id": "1", "kept": 1}}] * 2


async def test_an_identity_that_before_save_gives_is_unique_too() -> None:
    async with local_app(auth={"badge": Badge()}) as parse:
        ann = await parse.ok("POST", "/users", {"authData": PROOF})
        bob = await parse.sign_up()

        def give(request: Any) -> None:
            request.object.set("authData", {"badge": {"id": "1", "code": "given"}})

        parse.app.registry.add_trigger("beforeSave", "_User", give)
        signed_up = await parse.send("POST", "/users", {"authData": {"anonymous": {"id": "x"}}})
        updated = await parse.send("PUT", f"/users/{bob.id}", {"n": 1}, user=bob)
        own = await parse.send("PUT", f"/users/{ann['objectId']}", {"n": 1}, master=True)

        assert [signed_up.json()["code"], updated.json()["code"]] == [208, 208]
        assert own.is_success
        stored = await parse.ok("GET", f"/users/{ann['objectId']}", master=True)
        assert stored["authData"] == {"badge": {"id": "1", "code": "given"}}
