"""Triggers that change users and sessions for the fixtures; members.cjs is the same for
parse-server. What they do is in fields of the user or session, what has run is the answer of
"fired"."""

import json
from typing import Any

from parsepy import cloud
from parsepy.cloud import Object, ParseError, Session, TriggerRequest, User

fired: list[str] = []


async def act(word: object, request: TriggerRequest[Any]) -> None:
    match word:
        case "mine":
            raise ParseError(2000, "mine")
        case "error":
            raise RuntimeError("not mine")
        case "nothing":
            raise RuntimeError
        case "set":
            request.object.set("seen", True)
        case "store":
            stored = Object.without_data(str(request.object.object_id), "_User")
            await stored.save({"stored": request.trigger_name}, use_master_key=True)


@cloud.before_login
async def before_login(request: TriggerRequest[User]) -> None:
    await act(request.object.get("before"), request)


@cloud.after_login
async def after_login(request: TriggerRequest[User]) -> None:
    await act(request.object.get("after"), request)


@cloud.after_logout
async def after_logout(request: TriggerRequest[Session]) -> None:
    fired.append(request.trigger_name)
    await act(request.object.get("after"), request)


@cloud.before_save("_User")
def before_save(request: TriggerRequest[Any]) -> None:
    one = request.object
    fired.append(f"{request.trigger_name} {'update' if request.original else 'new'}")
    match one.get("save"):
        case "verified":
            one.set("emailVerified", True)
        case "taken":
            one.set("authData", {"anonymous": {"id": "taken"}})
        case "other":
            one.set("authData", {"anonymous": {"id": "other"}})
        case "name":
            one.set("username", "renamed")
        case "tell":
            raise RuntimeError(json.dumps({"data": one.get("authData")}, separators=(",", ":")))


@cloud.after_save("_User")
def after_save(request: TriggerRequest[Any]) -> None:
    fired.append(f"{request.trigger_name} {'update' if request.original else 'new'}")


@cloud.function("fired")
def tell_fired() -> list[str]:
    taken = list(fired)
    fired.clear()
    return taken
