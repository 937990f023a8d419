"""Hypothesis strategies: whole requests, at every route that the server has."""

import gzip
import json
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from parsepy.http.routes import FIRST_SEGMENTS, routes_of
from parsepy.types import JSONObject, JSONValue
from tests.fuzz import data
from tests.fuzz import request_parts as parts
from tests.fuzz.json_values import CLASS_NAMES, OBJECT_IDS, values
from tests.fuzz.raw_request import RawRequest

MOUNT: Final = "/parse"
METHODS: Final = ["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"]
Route: TypeAlias = tuple[str, str, int]
ALL_ROUTES: Final[list[Route]] = sorted(
    (name, method, count) for name in FIRST_SEGMENTS for method, count in routes_of(name)
)
"""First segment, method and how many segments follow: from the server's own table."""

ACCOUNT_ROUTES: Final = [
    route
    for route in ALL_ROUTES
    if route[0]
    in (
        *("login", "loginas", "logout", "users", "challenge", "verifypassword", "sessions"),
        *("requestpasswordreset", "verificationemailrequest", "upgradetorevocablesession"),
        "security",
    )
]

CALLERS: Final[Mapping[str, dict[str, str]]] = {
    "nobody": {},
    "user": {"SessionToken": data.SESSION_TOKEN},
    "master": {"MasterKey": data.MASTER_KEY},
    "maintenance": {"MaintenanceKey": data.MAINTENANCE_KEY},
    "read-only": {"MasterKey": data.READ_ONLY_KEY},
    "unknown session": {"SessionToken": "r:" + "0" * 32},
}
_HEADER_NAMES: Final = {
    "ApplicationId": b"x-parse-application-id",
    "SessionToken": b"x-parse-session-token",
    "MasterKey": b"x-parse-master-key",
    "MaintenanceKey": b"x-parse-maintenance-key",
}
_CONTENT_TYPES: Final = [
    *(b"application/json", b"text/plain", b"application/x-www-form-urlencoded", b"", b"\xff"),
    *(b"multipart/form-data; boundary=x", b"application/json; charset=utf-16", b"image/png"),
    *(b"application/json;charset=latin-1", b"application/json; charset=UTF-8", b";;;"),
]
_ODD_HEADERS: Final = [
    *((b"x-parse-installation-id", value) for value in (b"phone", b"cloud", b"", b"\xff\xfe")),
    *((b"x-parse-session-token", value) for value in (b"", b"\xe9", b'{"$ne": null}', b"r:x")),
    *((b"x-parse-cloud-context", value) for value in (b"{}", b"[]", b"{", b"\xff", b"1")),
    *((b"authorization", value) for value in (b"Basic", b"Basic ====", b"Basic ZnV6ejo=", b"x")),
    *((b"content-length", value) for value in (b"9" * 5000, b"-1", b"abc", b"65537")),
    *((b"content-encoding", value) for value in (b"gzip", b"br", b"deflate", b"identity")),
    *((b"x-forwarded-for", value) for value in (b"1.2.3.4", b"\xff", b",,,")),
    *((b"x-forwarded-proto", value) for value in (b"https", b"\xff")),
    *((b"if-none-match", value) for value in (b"*", b"x,,", b"")),
    *((b"origin", value) for value in (b"http://x", b"\xff")),
    (b"x-parse-application-id", b"other"),
    (b"host", b"\xff\n"),
]
_NEARLY_JSON: Final = [
    *(b"", b"{", b"null", b"1", b'"a"', b"[]", b"[{}]", b"{} {}", b"NaN", b'{"a":NaN}', b"\xff"),
    *(b'{"a":"\\ud800"}', b'{"\\ud800":1}', b'{"score":1e400}', b'{"a":"\\ud800","score":1e400}'),
    *(b'{"a":"\\ud800","score":' + b"9" * 400 + b"}", b'{"score":' + b"9" * 5000 + b"}"),
    *(b'{"a":"\\ud800","a":Infinity}', b'{"a":1,"a":{"__op":"Delete"}}', b"[" * 100_000),
    *(b'{"a":' * 3000 + b"1" + b"}" * 3000, b'\xef\xbb\xbf{"a":1}', b'{"a":"\x00"}', b"a=1&b[c]=2"),
    *(b'{"where":"{\\"a\\":"}', b'{"a":' + b"[" * 120 + b"]" * 120 + b"}", b"&" * 2000),
]
_EXPECTED_BODIES: Final[Mapping[str, SearchStrategy[JSONObject]]] = {
    "schemas": parts.class_definitions,
    "users": parts.accounts | parts.objects,
    "login": parts.accounts,
    "loginas": parts.accounts,
    "verifypassword": parts.accounts,
    "challenge": parts.challenges,
    "requestpasswordreset": parts.addresses,
    "verificationemailrequest": parts.addresses,
    "sessions": parts.sessions | parts.objects,
}


_ROUTE_CLASSES: Final = {
    "users": "_User",
    "roles": "_Role",
    "sessions": "_Session",
    "installations": "_Installation",
}
_IDS: Final = {class_name: objects[0]["objectId"] for class_name, objects in data.OBJECTS.items()}
_PLACES: Final = [[class_name, str(object_id)] for class_name, object_id in _IDS.items()]


def _expected_body(name: str, method: str, count: int) -> SearchStrategy[JSONObject]:
    if name == "batch":
        return batches
    if method not in ("GET", "HEAD"):
        return _EXPECTED_BODIES.get(name, parts.objects)
    if count == (2 if name == "classes" else 1):
        return parts.selections
    return parts.accounts if name in ("login", "verifypassword") else parts.parameters


@st.composite
def sub_requests(draw: DrawFn) -> JSONValue:
    name, method, count = draw(st.sampled_from(ALL_ROUTES))
    path = "/".join([MOUNT, name, *draw(_segments(name, count))])
    body = draw(st.just({}) if name == "batch" else _expected_body(name, method, count))
    whole: JSONObject = {"method": method, "path": path, "body": body}
    wrong = st.dictionaries(st.sampled_from(sorted(whole)), values, max_size=1)
    return {**whole, **draw(_mostly_from(st.just({}), wrong))}


batches: SearchStrategy[JSONObject] = st.fixed_dictionaries(
    {"requests": st.lists(sub_requests() | values, max_size=4) | values},
    optional={"transaction": values},
)


def _segments(name: str, count: int) -> SearchStrategy[list[str]]:
    """A class name and an object id, or whatever a path can hold."""
    if count == 0:
        return st.just([])
    if name in _ROUTE_CLASSES:
        usual = st.just([str(_IDS[_ROUTE_CLASSES[name]])])
        return _mostly_from(usual, st.sampled_from(OBJECT_IDS).map(lambda object_id: [object_id]))
    odd = st.tuples(st.sampled_from(CLASS_NAMES), st.sampled_from(OBJECT_IDS))
    return _mostly_from(
        st.sampled_from(_PLACES).map(lambda place: place[:count]),
        odd.map(lambda place: list(place)[:count]),
    )


@st.composite
def requests(draw: DrawFn, routes: Sequence[Route] = ALL_ROUTES) -> RawRequest:
    """One request: its route from the table, everything else more or less as it should be."""
    name, method, count = draw(st.sampled_from(routes))
    method = draw(_mostly(method, METHODS))
    path = _path(draw, name, count)
    body = draw(_mostly_from(_expected_body(name, method, count), st.just({}) | _objects))
    who = draw(st.sampled_from(_CALLERS))
    caller = CALLERS[who]
    headers = list(draw(st.lists(st.sampled_from(_ODD_HEADERS), max_size=draw(_few))))
    query = draw(_queries(body if method == "GET" else {}))
    if who != "maintenance" and draw(st.integers(0, 3)) == 3:
        content = _content({**body, **_credentials_in_body(caller), "_method": method})
        return RawRequest(
            "POST", path, query, ((b"content-type", b"text/plain"), *headers), content
        )
    headers += [
        (_HEADER_NAMES[name], value.encode())
        for name, value in {"ApplicationId": data.APP_ID, **caller}.items()
    ]
    content = b"" if method in ("GET", "HEAD") else _content(body)
    content = draw(_mostly_from(st.just(content), st.sampled_from(_NEARLY_JSON) | _bytes))
    if (b"content-encoding", b"gzip") in headers and draw(st.booleans()):
        content = gzip.compress(content, mtime=0)
    headers.append((b"content-type", draw(_mostly(b"application/json", _CONTENT_TYPES))))
    return RawRequest(method, path, query, tuple(headers), content, draw(st.sampled_from([1, 2])))


_few: Final = st.sampled_from([0, 0, 0, 0, 0, 2])
_CALLERS: Final = ["user", "master", "nobody", "master", "user", *sorted(CALLERS)]
_objects: SearchStrategy[JSONObject] = st.dictionaries(st.text(max_size=4), values, max_size=3)
_bytes: Final = st.binary(max_size=20)
_ODD_PATHS: Final = [
    *("", "/", "//", "/classes", "/classes/", "/classes//game1", "/classes/Game/game1/x", "/nope"),
    *(
        "/classes/Game%2Fgame1",
        "/classes/%zz",
        "/classes/%ff",
        "/classes/%00",
        "/classes/%ED%A0%80",
    ),
    *("/CLASSES/Game", "/classes/Game/", "/users/%6De", "/classes/%5FUser", "/./classes/Game"),
    *("/classes/../schemas", "/classes/Game?x", "/classes/Game/%", "/health", "/classes/Game\x01"),
]


def _path(draw: DrawFn, name: str, count: int) -> bytes:
    if draw(st.integers(0, 11)) == 11:
        return f"{MOUNT}{draw(st.sampled_from(_ODD_PATHS))}".encode()
    segments = [name, *draw(_segments(name, count))]
    encoded = [quote_from_bytes(part.encode("utf-8", "surrogatepass")) for part in segments]
    return "/".join([MOUNT, *encoded]).encode()


def _mostly(usual: object, others: list[object] | list[str] | list[bytes]) -> SearchStrategy:
    return _mostly_from(st.just(usual), st.sampled_from(others))


def _mostly_from(usual: SearchStrategy, others: SearchStrategy) -> SearchStrategy:
    return st.integers(0, 7).flatmap(lambda roll: others if roll == 7 else usual)


def _credentials_in_body(caller: dict[str, str]) -> JSONObject:
    return {f"_{name}": value for name, value in {"ApplicationId": data.APP_ID, **caller}.items()}


def _content(body: JSONObject) -> bytes:
    """As a client with another JSON library would write it: lone surrogates and all."""
    return json.dumps(body).encode()


def _queries(given: JSONObject) -> SearchStrategy[bytes]:
    proper = "&".join(f"{_quoted(name)}={_quoted(json.dumps(v))}" for name, v in given.items())
    odd = st.sampled_from(
        [
            *(
                b"",
                b"where={",
                b"where[$ne]=1",
                b"where[a][$gt]=",
                b"limit=1&limit=2",
                b"%",
                b"&&=&",
            ),
            *(
                b"where=%ff",
                b"where=%00",
                b"a" * 3000,
                b"limit=1e400",
                b"[]=1",
                b"a[b][c][d][e][f]=1",
            ),
            *(
                b"where=1",
                b"username=ann&password[$ne]=x",
                b"_MasterKey=the-master-key",
                b"limit=-1",
            ),
            *(
                b"order[]=a&order[]=b",
                b"__proto__[x]=1",
                b"skip=99999999999",
                b"limit=NaN",
                b"\xff",
            ),
        ]
    )
    return _mostly_from(st.just(proper.encode()), odd)


def _quoted(text: str) -> str:
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"), safe="")
