"""Calls of functions as `multipart/form-data` (cloud-code sheet, 1.7)."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from parsepy import errors
from parsepy.errors import ParseError
from parsepy.types import JSONObject

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

    from parsepy.cloud.files import File

KIND: Final = b"multipart/form-data"
MOST_PARTS: Final = 1000
"""Fields and files of one call."""

OCTETS: Final = "application/octet-stream"
_BRIEF: Final = 64 * 1024
"""Bytes that are read here; more of them would hold up everybody."""


class Form(msgspec.Struct):
    """Of a name that comes twice, the last counts."""

    texts: JSONObject = msgspec.field(default_factory=dict)
    files: "dict[str, File]" = msgspec.field(default_factory=dict)


def is_form(headers: Mapping[bytes, bytes]) -> bool:
    kind, _, _ = headers.get(b"content-type", b"").partition(b";")
    return kind.strip().lower() == KIND


def too_large() -> ParseError:
    return ParseError(
        errors.Code.OBJECT_TOO_LARGE, "Multipart request exceeds maximum upload size."
    )


async def read(content: bytes, content_type: bytes) -> Form:
    """Raises 107 for what is no form."""
    if len(content) <= _BRIEF:
        return parse(content, content_type)
    return await asyncio.to_thread(parse, content, content_type)


def parse(content: bytes, content_type: bytes) -> Form:
    from python_multipart.exceptions import ParseError as Broken
    from python_multipart.multipart import MultipartParser, parse_options_header

    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if not boundary:
        raise _invalid("Multipart: Boundary not found")
    reading = _Reading()
    try:
        parser = MultipartParser(boundary, reading.callbacks())
        parser.write(content)
        parser.finalize()
    except Broken as error:
        raise _invalid(str(error)) from None
    if not reading.ended:
        raise _invalid("Unexpected end of multipart data")
    return reading.form


class _Reading:
    def __init__(self) -> None:
        self.form = Form()
        self.ended = False
        self._parts = 0
        self._name = b""
        self._value = b""
        self._headers: dict[bytes, bytes] = {}
        self._data = bytearray()

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._add_to_name,
            "on_header_value": self._add_to_value,
            "on_header_end": self._end_header,
            "on_part_data": self._add,
            "on_part_end": self._end_part,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise _invalid(f"more than {MOST_PARTS} parts")
        self._headers, self._data = {}, bytearray()

    def _add_to_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _add_to_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name, self._value = b"", b""

    def _add(self, data: bytes, start: int, end: int) -> None:
        self._data += data[start:end]

    def _end_part(self) -> None:
        from python_multipart.multipart import parse_options_header

        kind, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = options.get(b"name")
        if kind != b"form-data" or name is None:
            return
        key = _text(name)
        filename = options.get(b"filename")
        self.form.texts.pop(key, None)
        self.form.files.pop(key, None)
        if filename is None:
            self.form.texts[key] = _text(bytes(self._data))
        else:
            from parsepy.cloud.files import File

            content_type = _text(self._headers.get(b"content-type", b"")) or OCTETS
            base = _text(filename).replace("\\", "/").rpartition("/")[2]
            self.form.files[key] = File(base, bytes(self._data), content_type=content_type)

    def _end(self) -> None:
        self.ended = True


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise _invalid("a text is not UTF-8") from None


def _invalid(detail: str) -> ParseError:
    return ParseError(errors.Code.INVALID_JSON, f"Invalid multipart request: {detail}")
