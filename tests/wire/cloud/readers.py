"""Find triggers of users for the fixtures; readers.cjs is the same for parse-server."""

from typing import Any

from parsepy import cloud
from parsepy.cloud import FindRequest

fired: list[str] = []


@cloud.before_find("_User")
def note(request: FindRequest[Any]) -> None:
    how = "get" if request.is_get else "find"
    fired.append(f"{request.trigger_name} {how}{' master' if request.master else ''}")


@cloud.after_find("_User")
def mark(request: FindRequest[Any]) -> None:
    fired.append(request.trigger_name)
    for one in request.objects:
        one.set("found", True)


@cloud.function("fired")
def tell_fired() -> list[str]:
    taken = list(fired)
    fired.clear()
    return taken
