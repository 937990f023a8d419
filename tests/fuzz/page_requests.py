"""Hypothesis strategies: visits of the pages that links in mails lead to."""

import json
from typing import Final
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tests.fuzz import data
from tests.fuzz.json_values import values
from tests.fuzz.raw_request import RawRequest
from tests.fuzz.requests import MOUNT

MARKUP: Final = "<script>alert(1)</script>"
"""A browser must never get it back as it is."""

_PAGES: Final = [
    *("verify_email", "resend_verification_email", "request_password_reset") * 3,
    *("choose_password", "Verify_Email", "password_reset.html", "nothing", ""),
]
_APPS: Final = [*[data.APP_ID] * 12, "other", "", "__proto__", MARKUP]
_FILES: Final = [
    *("choose_password", "Choose_Password", "choose_password/"),
    *("password_reset.html", "de/password_reset.html", "DE/password_reset.html", "style.css"),
    *(
        "../service.py",
        "..%2fservice.py",
        "%2e%2e/service.py",
        "..%5cservice.py",
        "%00",
        "x%00.html",
    ),
    *("//etc/passwd", "%2fetc%2fpasswd", "....//service.py", ".", "..", "%ff", "%ED%A0%80", "de"),
    *("password_reset.html%00.css", "de%2fpassword_reset.html", "x" * 3000, "a/" * 200, "CON"),
]
_NAMES: Final = [
    *("token", "username", "new_password", "confirm_new_password", "locale", "appId", "error"),
    *("token[$ne]", "token[]", "new_password[$gt]", "__proto__", "", "appName", "publicServerUrl"),
]
_VALUES: Final = [
    *(data.RESET_TOKEN, data.VERIFY_TOKEN, "ann", "ann@parse.test", "new password", "a", ""),
    *(
        "de",
        "de-AT",
        "../..",
        "x" * 3000,
        "\0",
        "\ud800",
        "\r\nX-Evil: 1",
        "é",
        MARKUP,
        '"><x',
        "'",
    ),
    *("{{appId}}", "{{{token}}}", "{{#x}}", "%s", "${1}", "$ne", "http://evil.test", data.APP_ID),
]
_HEADERS: Final = [
    (b"x-requested-with", b"XMLHttpRequest"),
    (b"x-parse-page-param-locale", b"de"),
    (b"x-parse-page-param-locale", b"../../.."),
    (b"x-parse-page-param-token", data.RESET_TOKEN.encode()),
    (b"x-parse-page-param-error", MARKUP.encode()),
    (b"host", b"evil.test\xff"),
    (b"x-forwarded-host", b"evil.test"),
    (b"content-encoding", b"gzip"),
    (b"content-length", b"9" * 400),
    (b"accept-language", b"\xff"),
]
_FORM: Final = b"application/x-www-form-urlencoded"
_CONTENT_TYPES: Final = [b"application/json", b"multipart/form-data; boundary=x", b"", b"\xff"]

_GOOD_FIELDS: Final[list[list[tuple[str, str]]]] = [
    [],
    [("token", data.VERIFY_TOKEN)],
    [("token", data.RESET_TOKEN), ("appId", data.APP_ID)],
    [("token", data.RESET_TOKEN), ("new_password", "new password")],
    [("username", "ann")],
]
_odd_fields: SearchStrategy[list[tuple[str, str]]] = st.lists(
    st.tuples(
        st.sampled_from(_NAMES[:4]) | st.sampled_from(_NAMES),
        st.sampled_from(_VALUES) | st.text(max_size=5),
    ),
    max_size=3,
)
_fields: SearchStrategy[list[tuple[str, str]]] = st.builds(
    lambda good, odd, odd_first: [*odd, *good] if odd_first else [*good, *odd],
    st.sampled_from(_GOOD_FIELDS),
    st.just([]) | _odd_fields,
    st.booleans(),
)
_odd_texts: Final = st.sampled_from(
    [b"", b"&&=", b"%", b"token=%ff", b"token=%00&new_password=%", b"[]=1", b"=" * 3000, b"\xff"]
)


@st.composite
def page_requests(draw: DrawFn) -> RawRequest:
    method = draw(st.sampled_from([*("GET", "POST") * 5, "HEAD", "PUT", "DELETE"]))
    headers = draw(st.just([]) | st.lists(st.sampled_from(_HEADERS), max_size=2))
    query = draw(_encoded | _odd_texts)
    if method in ("GET", "HEAD"):
        return RawRequest(method, draw(_paths), query, tuple(headers))
    kind, content = draw(
        st.tuples(st.just(_FORM), _encoded)
        | st.tuples(st.just(_FORM), _encoded)
        | st.tuples(st.just(_FORM), _odd_texts)
        | st.tuples(st.sampled_from(_CONTENT_TYPES), _encoded | _json)
    )
    return RawRequest(method, draw(_paths), query, (*headers, (b"content-type", kind)), content)


def _joined(fields: list[tuple[str, str]]) -> bytes:
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in fields).encode()


def _quoted(text: str) -> str:
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"), safe="")


_encoded: Final = _fields.map(_joined)
_json: Final = st.dictionaries(
    st.sampled_from(_NAMES), st.sampled_from(_VALUES) | values, max_size=3
).map(lambda fields: json.dumps(fields).encode())
_of_app: Final = st.builds(
    lambda app, page: f"{MOUNT}/apps/{_quoted(app)}/{page}".encode(),
    st.sampled_from(_APPS),
    st.sampled_from(_PAGES),
)
_paths: Final = st.one_of(
    _of_app,
    _of_app,
    st.sampled_from(_FILES).map(lambda file: f"{MOUNT}/apps/{file}".encode()),
)
