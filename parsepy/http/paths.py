"""Paths behind the mount."""

from typing import Final

from parsepy.http.query_string import decode_segment


def below_mount(path: str, root_path: str, mount: str) -> tuple[str, str] | None:
    """`(where the API is, the path behind that)`; `None` for a path that is not the API's.

    Inside another app (`root_path`) the API is below that app's mount, or it is the mount itself.
    """
    if path.startswith("//"):
        path = path[1:]
    for base in (root_path + mount, mount) if root_path else (mount,):
        if path.startswith(base) and path[len(base) : len(base) + 1] in ("", "/"):
            return base, path[len(base) :]
    return None


# The router takes the first segment in any case; patterns of options spell it as the manuals do.
_SPELLED: Final = {
    name.lower(): name
    for name in (
        "loginAs verifyPassword serverInfo upgradeToRevocableSession requestPasswordReset"
        " verificationEmailRequest"
    ).split()
}
_OWN_ROUTES: Final = {
    "_User": "users",
    "_Session": "sessions",
    "_Role": "roles",
    "_Installation": "installations",
    "_Audience": "push_audiences",
}


def canonical(segments: list[str]) -> str:
    """`/loginAs`, `/classes/A B/x`: the one spelling under which a route is judged. A slash
    that was percent-encoded in a segment stays so."""
    if not segments:
        return "/"
    first, *rest = segments
    if rest and rest[0].lower() == "me" and first in ("users", "sessions"):
        rest[0] = "me"
    return "/" + "/".join(
        segment.replace("/", "%2F") for segment in (_SPELLED.get(first, first), *rest)
    )


def names_of(segments: list[str]) -> tuple[str, ...]:
    """A route's path; for a system class by `/classes/_User` that of its own route too."""
    path = canonical(segments)
    if segments[:1] == ["classes"] and len(segments) > 1 and segments[1] in _OWN_ROUTES:
        return path, canonical([_OWN_ROUTES[segments[1]], *segments[2:]])
    return (path,)


def split(path: str) -> list[str]:
    """`//classes/A%20B/` → `["classes", "A B"]`. One slash too many in front or behind is let
    pass (SDKs join addresses that way); an empty part in between names no route."""
    trimmed = path.removeprefix("/").removeprefix("/").removesuffix("/")
    if not trimmed:
        return []
    segments = [decode_segment(segment) for segment in trimmed.split("/")]
    segments[0] = segments[0].lower()
    return segments if all(segments) else ["", *segments]
