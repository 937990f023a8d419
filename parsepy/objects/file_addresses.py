"""Where a stored file is read."""

import re
import urllib.parse
from typing import Final

from parsepy.objects.context import RequestContext
from parsepy.protocol.file_urls import unsigned
from parsepy.types import JSONObject

_KEPT: Final = "!'()*~"
"""What JavaScript's encodeURIComponent leaves alone."""

_HOSTED: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}-")
"""How hosted Parse began the names of its first files."""


def file_url(ctx: RequestContext, name: str) -> str:
    """The address of a stored file, signed where addresses expire; files that hosted Parse once
    stored are still there."""
    services = ctx.services
    hosted = _hosted_url(ctx, name)
    if hosted is not None:
        return hosted
    elsewhere = services.file_location(name)
    if elsewhere is not None:
        return elsewhere
    url = ctx.mount_url + _own_path(ctx, name)
    return url if services.signatures is None else f"{url}?{services.signatures.query(name)}"


def signed_url(ctx: RequestContext, name: str, seconds: int) -> str | None:
    """An address that expires after that time; `None` where no address of the file is signed."""
    signatures = ctx.services.signatures
    if signatures is None or not is_served_here(ctx, name):
        return None
    return f"{ctx.mount_url}{_own_path(ctx, name)}?{signatures.query_for(name, seconds)}"


def is_served_here(ctx: RequestContext, name: str) -> bool:
    return _hosted_url(ctx, name) is None and ctx.services.file_location(name) is None


def is_ours(ctx: RequestContext, file: JSONObject) -> bool:
    """Whether the address in a File is one of this app's files, at whichever origin it was."""
    name, url = file.get("name"), file.get("url")
    if not (isinstance(name, str) and isinstance(url, str)):
        return False
    return unsigned(url).endswith(_own_path(ctx, name)) and is_served_here(ctx, name)


def name_in(ctx: RequestContext, url: str) -> str | None:
    """The name of this app's file that an address leads to, if it is one."""
    _, found, path = unsigned(url).partition("?")[0].rpartition(_own_path(ctx, ""))
    return urllib.parse.unquote(path) if found else None


def _own_path(ctx: RequestContext, name: str) -> str:
    app_id = urllib.parse.quote(ctx.services.options.app_id, safe="")
    return f"/files/{app_id}/{_quoted(name)}"


def _hosted_url(ctx: RequestContext, name: str) -> str | None:
    key = ctx.services.options.file_key
    if key is None:
        return None
    if name.startswith("tfss-"):
        return f"http://files.parsetfss.com/{key}/{_quoted(name)}"
    return f"http://files.parse.com/{key}/{_quoted(name)}" if _HOSTED.match(name) else None


def _quoted(name: str) -> str:
    # Slashes are those of a directory; clients resolve a `..` between two to another route.
    return urllib.parse.quote(name, safe=_KEPT if ".." in name else _KEPT + "/")
