"""Addresses, forms and redirects, without a network."""

import pytest

from parsepy.cloud.http_request import FORM, JSON, Params, Request, encoded, host_of, with_params

SECRETS = {"Authorization": "a", "COOKIE": "c", "Proxy-Authorization": "p", "X-Parse-Key": "k"}


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"a": "b c", "n": 1, "f": 1.5}, "a=b+c&n=1&f=1.5"),
        ({"yes": True, "no": False}, "yes=true&no=false"),
        ({"list": ["a", 1], "none": None, "empty": []}, "list=a&list=1"),
        ({"&=": "ä"}, "%26%3D=%C3%A4"),
        ("a=b", "a=b"),
        ("?a=b", "a=b"),
    ],
)
def test_parameters_as_text(params: Params, text: str) -> None:
    assert encoded(params) == text


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://a/b", "http://a/b?x=1"),
        ("http://a/b?c=d", "http://a/b?c=d&x=1"),
        ("http://a/b#e", "http://a/b?x=1#e"),
    ],
)
def test_an_address_with_parameters(url: str, expected: str) -> None:
    assert with_params(url, {"x": 1}) == expected
    assert with_params(url, None) == with_params(url, {}) == with_params(url, "") == url


def test_a_body_brings_its_type_unless_one_is_named() -> None:
    bare, named = Request("POST", "u", {}), Request("POST", "u", {"content-TYPE": "x"})

    assert bare.with_body(b"1", JSON).headers == {"Content-Type": JSON}
    assert named.with_body(b"1", FORM).headers == {"content-TYPE": "x"}
    assert bare.with_body(b"1", None) == Request("POST", "u", {}, b"1")


@pytest.mark.parametrize(
    ("url", "location", "stays"),
    [
        ("https://a/x", "/y", True),
        ("https://a/x", "https://a/y", True),
        ("https://a/x", "https://A/y", True),
        ("https://a/x", "//b/y", False),
        ("https://a/x", "http://a/y", False),
        ("https://a/x", "https://a:444/y", False),
        ("https://a/x", "https://a.b/y", False),
        ("https://a/x", "https://a@b/y", False),
    ],
)
def test_credentials_stay_with_their_host(url: str, location: str, stays: bool) -> None:
    asked = Request("GET", url, {**SECRETS, "X-Own": "x"})

    further = asked.redirected(302, location)

    assert further is not None
    assert further.headers == ({**SECRETS, "X-Own": "x"} if stays else {"X-Own": "x"})


@pytest.mark.parametrize(
    ("status", "location"), [(200, "/y"), (304, "/y"), (404, "/y"), (302, None), (302, "")]
)
def test_what_is_no_redirect(status: int, location: str | None) -> None:
    assert Request("GET", "http://a/x", {}).redirected(status, location) is None


def test_a_redirect_to_no_address_is_an_error() -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (the text is Python's own)
        Request("GET", "http://a/x", {}).redirected(302, "http://[")


@pytest.mark.parametrize(
    ("url", "host"),
    [("http://u:p@a/x?t=1", "a"), ("", "The address"), ("http://[", "The address")],
)
def test_the_host_alone_is_told(url: str, host: str) -> None:
    assert host_of(url) == host
