"""An upload by the JavaScript SDK: JSON that holds the file as base64, and the credentials."""

from collections.abc import Mapping
from typing import Final

from starlette.types import Receive

from parsepy import errors
from parsepy.files.base64_text import Decoder
from parsepy.files.spool import Spool
from parsepy.http.upload_body import SizeLimit, received
from parsepy.protocol import json
from parsepy.protocol.member_text import MemberText
from parsepy.types import JSONObject, JSONValue

_CONTENT: Final = "base64"


async def read(
    receive: Receive, headers: Mapping[bytes, bytes], limit: SizeLimit, spool: Spool
) -> JSONObject:
    """The body; the bytes of the file are in `spool`, as who sends them may stand behind them.

    Anything else came without credentials. Raises 403, 413.
    """
    member, decoder = MemberText(_CONTENT), Decoder()
    encoding = headers.get(b"content-encoding", b"").lower()
    try:
        async for part in received(receive, encoding, limit):
            for piece in member.feed(part):
                if piece is None:
                    await spool.clear()
                    decoder = Decoder()
                else:
                    await spool.write(decoder.decode(piece))
        body = member.rest()
    except json.InvalidJSON:
        raise errors.unauthorized() from None
    if not isinstance(body, dict):
        raise errors.unauthorized()
    content = body.pop(_CONTENT, None)
    if content == member.mark:
        await spool.write(decoder.rest())
    else:
        await _take(content, spool)
    return body


async def _take(content: JSONValue, spool: Spool) -> None:
    """A content that the parser has found: an odd document, or an odd content. Raises 403."""
    if not isinstance(content or "", str):
        raise errors.unauthorized()
    decoder = Decoder()
    await spool.clear()
    await spool.write(decoder.decode(str(content or "").encode("ascii", "ignore")))
    await spool.write(decoder.rest())
