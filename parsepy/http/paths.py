"""Paths behind the mount."""

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


def split(path: str) -> list[str]:
    """`//classes/A%20B/` → `["classes", "A B"]`. One slash too many in front or behind is let
    pass (SDKs join addresses that way); an empty part in between names no route."""
    trimmed = path.removeprefix("/").removeprefix("/").removesuffix("/")
    if not trimmed:
        return []
    segments = [decode_segment(segment) for segment in trimmed.split("/")]
    segments[0] = segments[0].lower()
    return segments if all(segments) else ["", *segments]
