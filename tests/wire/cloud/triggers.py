"""Triggers of the fixtures in compat_fixtures/triggers; triggers.cjs is the same for
parse-server."""

from parsepy import cloud
from parsepy.cloud import FindRequest, Object, ParseError, TriggerRequest


@cloud.before_save("Game")
def change(request: TriggerRequest) -> None:
    one = request.object
    request.context["before"] = True
    match one.get("do"):
        case "set":
            one.set("added", {"a": 1})
        case "change":
            one.set("sent", "other")
        case "unset":
            one.unset("sent")
        case "increment":
            one.increment("n", 2)
        case "revert":
            one.revert("sent")
        case "acl":
            one.set_acl({"*": {"read": True}})
        case "same":
            one.set("sent", one.get("sent"))
        case "refuse":
            raise ParseError(999, "mine")
        case "fail":
            raise RuntimeError("not mine")
        case "nothing":
            raise ValueError
        case "denied":
            one.set("added", {"_bsontype": "Code"})
        case "keys":
            one.set("keys", sorted(one.dirty_keys()))


@cloud.after_save("Answered")
def answer(request: TriggerRequest) -> object:
    one = request.object
    match one.get("do"):
        case "map":
            return {"custom": 1}
        case "set":
            one.set("extra", 5)
        case "unset":
            one.unset("sent")
        case "fail":
            raise RuntimeError("not told")
    return None


@cloud.before_save("Passed")
def note(request: TriggerRequest) -> None:
    request.context["before"] = True


@cloud.after_save("Passed")
def tell(request: TriggerRequest) -> None:
    request.object.set("seen", request.context)


@cloud.before_delete("Kept")
def keep(_request: TriggerRequest) -> None:
    raise RuntimeError("kept")


@cloud.after_delete("Gone")
def too_late(_request: TriggerRequest) -> None:
    raise RuntimeError("gone already")


@cloud.before_find("Found")
def narrow(request: FindRequest) -> None:
    if not request.master:
        request.query.equal_to("open", True)
    request.query.exclude("secret")


@cloud.after_find("Found")
def choose(request: FindRequest) -> list[Object]:
    for one in request.objects:
        one.set("seen", True)
    return [one for one in request.objects if one.get("n") != 2]


@cloud.before_find("Closed")
def refuse(_request: FindRequest) -> None:
    raise ValueError("closed")


@cloud.before_find("Made")
def make(_request: FindRequest) -> list[Object]:
    return [Object("Made", state={"made": 1})]


@cloud.before_login
def ban(request: TriggerRequest) -> None:
    if request.object.get("banned"):
        raise ParseError(2000, "banned")
