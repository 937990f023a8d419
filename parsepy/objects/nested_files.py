"""Files inside Arrays, Objects and the app's config: they are stored with their address."""

from collections.abc import Iterator

from parsepy.objects.context import RequestContext
from parsepy.objects.file_addresses import file_url, is_ours
from parsepy.protocol.field_types import is_typed
from parsepy.protocol.file_urls import unsigned
from parsepy.types import JSONObject, JSONValue


def sign(ctx: RequestContext, value: JSONValue) -> None:
    """Gives this app's files in `value` the addresses that open them now. Changes `value`."""
    for file in files_in(value):
        if is_ours(ctx, file):
            file["url"] = file_url(ctx, str(file["name"]))


def unsign(value: JSONValue) -> None:
    """Gives files in `value` their addresses as they are stored, and compared. Changes `value`."""
    for file in files_in(value):
        if isinstance(url := file.get("url"), str):
            file["url"] = unsigned(url)


def files_in(value: JSONValue) -> Iterator[JSONObject]:
    """Every File at any depth, `value` itself too."""
    pending = [value]
    while pending:
        inner = pending.pop()
        if isinstance(inner, list):
            pending += inner
        elif isinstance(inner, dict):
            if is_typed(inner, "File"):
                yield inner
            pending += inner.values()
