"""Where pages live that are not in the folder."""

import pytest

from parsepy.options.errors import OptionsError
from parsepy.pages.addresses import read_addresses


@pytest.mark.parametrize("url", ["https://example.com", "http://[::1]:80/x?y#z", "app://reset"])
def test_an_address_is_taken(url: str) -> None:
    assert read_addresses({"passwordReset": url}) == {"passwordReset": url}


@pytest.mark.parametrize("path", ["", "/x", "./x", "../x", "//example.com"])
def test_a_path_is_no_address(path: str) -> None:
    assert read_addresses({"passwordReset": path}) == {}


@pytest.mark.parametrize(
    "url", ["example.com/x", "https:/x", "https://", "http://[::1", "x", "https://a/\n", "1://a"]
)
def test_what_is_neither_is_an_error(url: str) -> None:
    with pytest.raises(OptionsError, match=r"pages\.customUrls\.passwordReset must be an address"):
        read_addresses({"passwordReset": url})
