"""Who may store a File in an object, where addresses of files expire.

Who reads an object gets fresh addresses of the files in it. So whoever could name any file in an
object of his own would have opened it for good by having heard its name once: he has to show an
address that still opens it, or the object has to hold the file already.
"""

from collections.abc import Iterator

from parsepy.errors import Code, ParseError
from parsepy.objects.context import RequestContext
from parsepy.objects.file_addresses import is_ours, is_served_here, name_in
from parsepy.objects.nested_files import files_in
from parsepy.objects.write_state import Write
from parsepy.permissions.file_signatures import FileSignatures
from parsepy.protocol.file_urls import query_of
from parsepy.types import JSONObject, JSONValue


async def check(write: Write) -> None:
    """Raises 119 for a file that the caller does not show to be open to him."""
    signatures = write.ctx.services.signatures
    if signatures is None or write.ctx.caller.is_privileged:
        return
    unproven = {
        file_name
        for field, value in write.body.items()
        for file_name in _unproven(write.ctx, signatures, field, value)
    }
    if unproven and not write.creating:
        unproven -= await _held(write)
    if unproven:
        raise _refused(min(unproven))


def _unproven(
    ctx: RequestContext, signatures: FileSignatures, field: str, value: JSONValue
) -> Iterator[str]:
    yield from _in_parts(ctx, signatures, field, value)
    for file in files_in(value):
        name, url = file.get("name"), file.get("url")
        shown = query_of(url) if isinstance(url, str) else ""
        if not isinstance(name, str):
            # Another write could give the name to an address that is there by then.
            opened = name_in(ctx, url) if isinstance(url, str) else None
            if opened is not None:
                yield opened
        elif _is_concerned(ctx, file, name, nested=file is not value) and not signatures.holds(
            name, shown
        ):
            yield name


def _is_concerned(ctx: RequestContext, file: JSONObject, name: str, *, nested: bool) -> bool:
    """Whether readers would get an address of this app's for it, or one write later."""
    url = file.get("url")
    if nested and isinstance(url, str):
        return is_ours(ctx, file) or name_in(ctx, url) is not None
    return is_served_here(ctx, name)


def _in_parts(
    ctx: RequestContext, signatures: FileSignatures, field: str, value: JSONValue
) -> Iterator[str]:
    """A File may be put together inside an Object, part by part."""
    _, *inner = field.split(".")
    if "__type" in inner:
        raise _refused(field)
    if inner and inner[-1] == "url" and isinstance(value, str):
        name = name_in(ctx, value)
        if name is not None and not signatures.holds(name, query_of(value)):
            yield name


async def _held(write: Write) -> set[str]:
    """Names of the files that are in the object already."""
    stored = await write.ctx.services.storage.get(write.schema, write.object_id, None)
    fields = {} if stored is None else stored
    return {str(file.get("name")) for value in fields.values() for file in files_in(value)}


def _refused(what: str) -> ParseError:
    return ParseError(
        Code.OPERATION_FORBIDDEN, f"File {what}: its address has expired, or is not signed."
    )
