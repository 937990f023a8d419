"""Paths behind the mount."""

from parsepy.http.query_string import decode_segment


def split(path: str) -> list[str]:
    """`//classes/A%20B/` → `["classes", "A B"]`. One slash too many in front or behind is let
    pass (SDKs join addresses that way); an empty part in between names no route."""
    trimmed = path.removeprefix("/").removeprefix("/").removesuffix("/")
    if not trimmed:
        return []
    segments = [decode_segment(segment) for segment in trimmed.split("/")]
    segments[0] = segments[0].lower()
    return segments if all(segments) else ["", *segments]
