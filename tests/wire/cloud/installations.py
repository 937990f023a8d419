"""Triggers of installations for the fixtures in compat_fixtures/installations; installations.cjs is
the same for parse-server."""

from parsepy import cloud
from parsepy.cloud import FunctionRequest, Installation, ParseError, TriggerRequest

notes: list[object] = []


@cloud.function("seen")
async def seen() -> object:
    taken = list(notes)
    notes.clear()
    return taken


@cloud.function("register")
async def register(request: FunctionRequest) -> object:
    one = Installation()
    fields = {
        "installationId": request.params["installationId"],
        "deviceType": "embedded",
        "note": "cloud",
    }
    await one.save(fields, use_master_key=True)
    return one.get("note")


@cloud.after_save("_Installation")
@cloud.before_delete("_Installation")
@cloud.after_delete("_Installation")
async def see(request: TriggerRequest) -> None:
    known = request.object.get("installationId")
    notes.append([request.trigger_name, known, request.original is not None])


@cloud.before_save("_Installation")
async def judge(request: TriggerRequest) -> None:
    await see(request)
    if request.object.get("installationId") == "refused":
        raise ParseError(999, "not this one")
    request.object.set("note", "seen")
