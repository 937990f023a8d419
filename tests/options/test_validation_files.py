"""Options of uploads that are refused at the start."""

import pytest

from parsepy.options import load_options
from parsepy.options.errors import OptionsError
from parsepy.options.load import resolve
from parsepy.options.model import SignedUrls
from tests.options.faults import assert_fault

KEYS = {"appId": "app", "masterKey": "master"}


@pytest.mark.parametrize("pattern", ["(", "*.jpg", "[a"])
def test_an_extension_that_is_no_pattern_is_named(pattern: str) -> None:
    with pytest.raises(OptionsError, match=r"fileUpload\.fileExtensions: .* no regular"):
        load_options({**KEYS, "fileUpload": {"fileExtensions": ["png", pattern]}})


def test_a_star_alone_is_no_pattern_and_is_taken() -> None:
    loaded = load_options({**KEYS, "fileUpload": {"fileExtensions": ["*", "^png$"]}})

    assert loaded.options.file_extensions == ("*", "^png$")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"fileUpload": {"accessControl": "everybody"}},
            'fileUpload.accessControl must be "owner" or "public".',
        ),
        (
            {"fileUpload": {"accessControl": True}},
            'fileUpload.accessControl must be "owner" or "public".',
        ),
        (
            {"fileDownload": {"signedUrls": True}},
            "fileDownload.signedUrls must be an object value.",
        ),
        *(
            (
                {"fileDownload": {"signedUrls": {"expiresIn": expires_in}}},
                "fileDownload.signedUrls.expiresIn must be a whole number of seconds of at least"
                " 1.",
            )
            for expires_in in (0, -1, 1.5, "60", True)
        ),
        (
            {"fileDownload": {"signedUrls": {"key": ""}}},
            "fileDownload.signedUrls.key must be a non-empty string.",
        ),
        (
            {"fileDownload": {"signedUrls": {"key": 1}}},
            "fileDownload.signedUrls.key must be a non-empty string.",
        ),
    ],
)
def test_who_may_read_is_said_in_the_right_words(given: dict[str, object], message: str) -> None:
    assert_fault(given, message)


def test_addresses_are_signed_with_the_master_key_unless_told_otherwise() -> None:
    def signed(**given: object) -> SignedUrls | None:
        download = {"signedUrls": given or None}
        return load_options({**KEYS, "fileDownload": download}).options.signed_urls

    assert signed() is None
    assert signed(expiresIn=60) == SignedUrls(expires_in=60, key="master")
    assert signed(key="other") == SignedUrls(expires_in=3600, key="other")


def test_signed_addresses_by_variables() -> None:
    environment = {
        "PARSE_SERVER_APPLICATION_ID": "app",
        "PARSE_SERVER_MASTER_KEY": "master",
        "PARSE_SERVER_FILE_DOWNLOAD_SIGNED_URLS_EXPIRES_IN": "60",
        "PARSE_SERVER_FILE_UPLOAD_ACCESS_CONTROL": "owner",
    }

    options = resolve({}, None, environment).options

    assert options.signed_urls == SignedUrls(expires_in=60, key="master")
    assert options.file_access_control == "owner"


def test_without_them_files_are_as_with_parse_server() -> None:
    options = load_options(KEYS).options

    assert options.signed_urls is None
    assert options.file_access_control is None
