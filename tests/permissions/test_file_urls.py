"""Addresses of files: which host one names, and where they are looked for."""

import pytest

from parsepy.errors import ParseError
from parsepy.permissions.file_urls import FileUrls, host_of
from parsepy.types import JSONObject, JSONValue
from tests.support.refusals import refusal

HOSTS: dict[str, str | None] = {
    "https://a.example/x": "a.example",
    "HTTP://A.Example:80": "a.example",
    "https://user:pass@a.example/x": "a.example",
    "https://good.example@evil.example": "evil.example",
    "https://evil.example\\@good.example": "evil.example",
    "https:\\\\evil.example\\x": "evil.example",
    "https:evil.example/x": "evil.example",
    "https:////evil.example/x": "evil.example",
    "https://evil.example?@good.example": "evil.example",
    "https://evil.example#@good.example": "evil.example",
    "\x00 https://a.example \n": "a.example",
    "ht\ttps://a.exa\nmple": "a.example",
    "https://%61.example": "a.example",
    "https://a%2eexample": "a.example",
    "https://a.example%2f@good.example": "good.example",
    "https://evil.example%2fgood.example": None,
    "https://bücher.example": "xn--bcher-kva.example",
    "http://[::1]:80/x": "[::1]",
    "ftp://a.example": "a.example",
    "file:///etc/passwd": "",
    "data:text/plain,https://a.example": "",
    "javascript:alert(1)//a.example": "",
    "custom://a.example/x": "a.example",
    "custom://evil.example\\a": None,
    "//a.example/x": None,
    "/x": None,
    "a.example": None,
    "": None,
    "https://": None,
    "https:///": None,
    "https://a.example:x": None,
    "https://[::1": None,
    "https://a b.example": None,
    "https://a<b.example": None,
    "1https://a.example": None,
}


@pytest.mark.parametrize("url", HOSTS)
def test_the_host_is_the_one_that_browsers_would_ask(url: str) -> None:
    assert host_of(url) == HOSTS[url]


def _file(url: JSONValue) -> JSONObject:
    return {"__type": "File", "name": "x", "url": url}


def _message(data: JSONObject, *domains: str) -> str | None:
    error = refusal(lambda: FileUrls(domains).check(data))
    assert error is None or error.code == 130
    return None if error is None else error.message


@pytest.mark.parametrize(
    ("domain", "good", "bad"),
    [
        ("a.example", ["a.example", "A.EXAMPLE"], ["b.a.example", "xa.example", "a.example."]),
        ("*.a.example", ["b.a.example", "c.b.a.example"], ["a.example", "xa.example"]),
        ("A.Example", ["a.example"], []),
        ("*.A.Example", ["b.a.example"], []),
    ],
)
def test_a_domain_lets_its_hosts_pass(domain: str, good: list[str], bad: list[str]) -> None:
    assert [host for host in good if _message({"f": _file(f"https://{host}/x")}, domain)] == []
    assert [host for host in bad if not _message({"f": _file(f"https://{host}/x")}, domain)] == []


EVIL = _file("https://evil.example/x")
PLACES: list[JSONObject] = [
    {"f": EVIL},
    {"m": {"a": {"f": EVIL}}},
    {"l": [1, [[EVIL]]]},
    {"a.b": EVIL},
    {"l": {"__op": "Add", "objects": [EVIL]}},
    {"l": {"__op": "AddUnique", "objects": [{"f": EVIL}]}},
    {"first": _file("https://a.example/x"), "second": EVIL},
    {"f": {**_file("https://a.example/x"), "inner": EVIL}},
]


@pytest.mark.parametrize("data", PLACES)
def test_a_file_is_found_wherever_it_stands(data: JSONObject) -> None:
    assert _message(data, "a.example") == "File URL domain 'evil.example' is not allowed."


@pytest.mark.parametrize("url", ["x", 5, {"a": 1}, ["https://a.example"], True])
def test_what_is_no_address_is_refused(url: JSONValue) -> None:
    assert _message({"f": _file(url)}, "a.example") == "Invalid file URL."


@pytest.mark.parametrize(
    "data",
    [
        {"f": {"__type": "File", "name": "x"}},
        {"f": _file("")},
        {"f": _file(None)},
        {"f": {"__type": "Object", "url": "https://evil.example"}},
        {"url": "https://evil.example"},
    ],
)
def test_what_names_no_address_passes(data: JSONObject) -> None:
    assert _message(data) is None


def test_deep_data_is_looked_through() -> None:
    data: JSONObject = {"f": EVIL}
    for _ in range(500):
        data = {"a": [data]}

    with pytest.raises(ParseError):
        FileUrls(["a.example"]).check(data)
