"""Requests to the routes of files: names, headers and bodies that nobody should send."""

import base64
import gzip
import json
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.fuzz.data import APP_ID, MAINTENANCE_KEY, MASTER_KEY, READ_ONLY_KEY
from tests.fuzz.raw_request import RawRequest

MOUNT: Final = b"/parse/files"

_PIECES: Final = st.sampled_from(
    [
        *(b"f.txt", b"kept.txt", b"d", b"metadata", APP_ID.encode(), b"", b".", b"..", b"a b"),
        *(b"%2e%2e", b"%2E%2E%2F", b"%252e%252e%252f", b"..%5c", b"%5c", b"%2Fetc%2Fpasswd"),
        *(b"f%00.txt", b"f.txt%0a", b"f%0d%0aX: y", b"f.txt%20", b"f.txt.", b"%zz", b"%"),
        *(b"x.html", b"x.SVG", b"x.ht%6Dl", b"x", b"x.unknown", b"%C3%A9.txt", b"%ff%fe", b"~~"),
        *(b"x" * 124 + b".txt", b"x" * 5000, b"$gt", b"%F0%9F%8E%88", b"a;b", b"a:b", b"@.txt"),
    ]
)
_NAMES: Final = st.one_of(st.sampled_from([b"f.txt", b"kept.txt", b"a%20b"]), _PIECES)
_PLACES: Final = st.one_of(
    _NAMES.map(lambda name: [name]),
    _NAMES.map(lambda name: [APP_ID.encode(), name]),
    _NAMES.map(lambda name: [APP_ID.encode(), b"metadata", name]),
    st.lists(_PIECES, max_size=4),
)
_NUMBERS: Final = st.sampled_from(
    [*(b"", b"0", b"1", b"5", b"11", b"12", b"-1", b"9" * 30, b"x", b" ", b"1.5", b"\xb2")]
)
_RANGES: Final = st.one_of(
    st.tuples(st.sampled_from([b"bytes=", b"bytes", b"items=", b""]), _NUMBERS, _NUMBERS).map(
        lambda parts: b"%s%s-%s" % parts
    ),
    st.binary(max_size=12).filter(lambda value: not set(value) & set(b"\r\n\0")),
)
_MAPS: Final = st.sampled_from(
    [
        *(b"", b"{}", b'{"a":"b"}', b'{"a":"\xe9"}', b"[]", b"null", b'"x"', b"{", b"[" * 3000),
        *(b'{"_bsontype":"Code"}', b'{"a":[{"__proto__":1}]}', b'{"$where":1}', b'{"a.b":1}'),
        *(b'{"a":1e999}', b'{"a":"\\ud800"}', b'{"a\\u0000":1}', b'{"":{"":""}}'),
    ]
)
_TYPES: Final = st.sampled_from(
    [
        *(b"text/plain", b"text/html", b"IMAGE/SVG+XML; charset=x", b"image/png", b"/", b"text/"),
        *(b"image", b"", b"a/b/c", b"text/plain,text/html", b"\xff/\xfe", b"multipart/form-data"),
        b"application/x-www-form-urlencoded",
    ]
)
_APP: Final = {b"x-parse-application-id": APP_ID.encode()}
_MASTER: Final = {b"x-parse-master-key": MASTER_KEY.encode()}
_KEYS: Final = st.sampled_from([MASTER_KEY, READ_ONLY_KEY, MAINTENANCE_KEY, "wrong", ""])
_APPS: Final = st.sampled_from([APP_ID.encode(), b"other", b""])

_HEADERS: Final[dict[bytes, SearchStrategy[bytes]]] = {
    b"x-parse-application-id": _APPS,
    b"x-parse-master-key": _KEYS.map(str.encode),
    b"x-parse-maintenance-key": _KEYS.map(str.encode),
    b"x-parse-session-token": st.sampled_from([b"r:none", b"", b"\xff"]),
    b"x-parse-upload-mode": st.sampled_from([b"stream", b"Stream", b""]),
    b"x-parse-file-metadata": _MAPS,
    b"x-parse-file-tags": _MAPS,
    b"x-parse-file-directory": st.sampled_from(
        [b"d", b"d/e", b"../d", b"/d", b"d//e", b"metadata", b"d\\e", b"\xe9", b"x" * 300, b"."]
    ),
    b"x-parse-file-max-upload-size": st.sampled_from(
        [b"1kb", b"1gb", b"-1", b"x", b"1e9", b"\xff"]
    ),
    b"content-type": _TYPES,
    b"content-encoding": st.sampled_from([b"gzip", b"deflate", b"br", b"identity", b"GZIP", b"x"]),
    b"content-length": _NUMBERS,
    b"range": _RANGES,
    b"if-range": st.sampled_from([b"*", b'"x"', b"Thu, 01 Jan 1970 00:00:00 GMT"]),
    b"if-none-match": st.sampled_from([b"*", b'"x"', b"W/*", b'",']),
}

_BASE64: Final = st.one_of(
    st.binary(max_size=40).map(lambda content: base64.b64encode(content).decode()),
    st.sampled_from(["!!!!", "aGVsbG8", "aGVsb", "====", "aGVs\nbG8=", "é", "\ud800"]),
)
_ODD: Final = st.sampled_from([None, 0, 5, True, [], ["a"], {}, {"$ne": None}, "", "x", 1e308])
_FIELDS: Final = st.fixed_dictionaries(
    {},
    optional={
        "base64": _BASE64 | _ODD,
        "_ApplicationId": st.sampled_from([APP_ID, "other"]) | _ODD,
        "_MasterKey": _KEYS | _ODD,
        "_SessionToken": _ODD,
        "_InstallationId": _ODD,
        "_ContentType": st.sampled_from(["text/html", "image/png", "a\r\nb"]) | _ODD,
        "_context": _ODD,
        "_method": st.sampled_from(["DELETE", "GET", "X"]) | _ODD,
        "unknown": _ODD,
        "fileData": st.fixed_dictionaries(
            {},
            optional={
                "metadata": st.dictionaries(st.sampled_from(["a", "$a", "_bsontype", ""]), _ODD)
                | _ODD,
                "tags": st.dictionaries(st.sampled_from(["a", "constructor"]), _ODD) | _ODD,
                "directory": st.sampled_from(["d", "../d", "metadata", "d/", "d\0"]) | _ODD,
            },
        )
        | _ODD,
    },
)
_BODIES: Final = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([b"x" * 70_000, gzip.compress(b"hello"), gzip.compress(b"\0" * 3_000_000)]),
    _FIELDS.map(lambda fields: json.dumps(fields).encode()),
    _FIELDS.map(lambda fields: gzip.compress(json.dumps(fields).encode())),
    st.tuples(_FIELDS, st.integers(1, 30)).map(
        lambda given: json.dumps(given[0]).encode()[: -given[1]]
    ),
)


@st.composite
def file_requests(draw: st.DrawFn) -> RawRequest:
    """Most of them are nearly good: what is odd about them shall be seen by who has to see it."""
    method = draw(st.sampled_from(["POST", "POST", "POST", "GET", "GET", "HEAD", "DELETE", "PUT"]))
    headers = draw(st.sampled_from([{}, _APP, _APP, _APP | _MASTER, _APP | _MASTER]))
    for name in draw(st.lists(st.sampled_from(sorted(_HEADERS)), unique=True, max_size=3)):
        headers = {**headers, name: draw(_HEADERS[name])}
    place = draw(_PLACES if method != "POST" else st.one_of(_NAMES.map(lambda n: [n]), _PLACES))
    return RawRequest(
        method,
        b"/".join([MOUNT, *place]),
        draw(st.sampled_from([b"", b"x=1", b"%zz", b"\xff"])),
        tuple(headers.items()),
        draw(_BODIES),
        draw(st.integers(1, 4)),
        breaks_off=draw(st.sampled_from([False, False, False, True])),
    )
