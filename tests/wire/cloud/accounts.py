"""Triggers around sessions for the fixtures in compat_fixtures/accounts; accounts.cjs is the same
for parse-server. `do` of a user says which of them refuses."""

from typing import Any

from parsepy import cloud
from parsepy.cloud import FunctionRequest, ParseError

notes: list[object] = []


@cloud.function("seen")
async def seen() -> object:
    taken = list(notes)
    notes.clear()
    return taken


async def note(request: Any) -> None:
    kind, one, user = request.trigger_name, request.object, request.user
    fields = one.to_json()
    notes.append(
        {
            "triggerName": kind,
            "object": {**fields, "sessionToken": "there" if fields.get("sessionToken") else None},
            "user": None if user is None else [user.object_id, bool(user.session_token)],
            "context": None if kind == "afterLogout" else dict(request.context),
            "master": request.master,
            "installationId": request.installation_id,
        }
    )
    what = str(one.get("do", ""))
    if what == f"{kind} text":
        raise ValueError("a text")
    if what == f"{kind} code":
        raise ParseError(2000, "mine")
    if what == f"{kind} silent":
        raise ValueError


cloud.before_login(note)
cloud.after_login(note)
cloud.after_logout(note)
cloud.before_password_reset_request(note)


@cloud.function("isFresh")
async def is_fresh(request: FunctionRequest) -> object:
    return None if request.user is None else request.user.get("n")
