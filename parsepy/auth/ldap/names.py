"""Client's text in names and filters of a directory: it must not become a part of their grammar."""

import re
from typing import Final

_ID: Final = re.compile(re.escape("{{id}}"), re.IGNORECASE)
_IN_NAMES: Final = re.compile(r'[\\,=+<>#;"]')
_IN_FILTERS: Final = re.compile(r"[\\*()\0]")


def user_name(template: str, user_id: str) -> str:
    """`uid={{id}},ou=people` → the distinguished name of one user."""
    return _ID.sub(lambda _: escaped_in_name(user_id), template)


def group_filter(template: str, user_id: str) -> str:
    """`(memberUid={{id}})` → the filter that finds one user's groups."""
    return _ID.sub(lambda _: escaped_in_filter(user_id), template)


def names_user(template: str) -> bool:
    return _ID.search(template) is not None


def escaped_in_name(value: str) -> str:
    """RFC 4514, section 2.4."""
    escaped = _IN_NAMES.sub(r"\\\g<0>", value)
    if escaped.startswith(" "):
        escaped = "\\" + escaped
    if escaped.endswith(" ") and len(value) > 1:
        escaped = escaped[:-1] + "\\ "
    return escaped.replace("\0", "\\00")


def escaped_in_filter(value: str) -> str:
    """RFC 4515, section 3."""
    return _IN_FILTERS.sub(lambda found: f"\\{ord(found[0]):02x}", value)
