"""What goes to a cloud function, and what comes back."""

from collections.abc import Mapping

import msgspec

from parsepy.types import JSONMapping, JSONObject, JSONValue, Missing


class Sent(msgspec.Struct, frozen=True):
    """What a client sends along: `params` as JSON, `texts` of an address or a form, which win, and
    `files` of a form, which are no JSON."""

    params: JSONObject
    texts: JSONMapping = msgspec.field(default_factory=dict)
    files: Mapping[str, object] = msgspec.field(default_factory=dict)


class Answered(msgspec.Struct, frozen=True):
    """`value` is in the wire's form; `MISSING` for nothing."""

    value: JSONValue | Missing
    status: int = 200
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
