"""Uploads and downloads."""

from collections.abc import Mapping

from parsepy.options.definitions.files import OWNER, PUBLIC
from parsepy.options.errors import OptionsError
from parsepy.options.patterns import compile_pattern
from parsepy.options.validation.rules import (
    each_given,
    is_array,
    is_boolean,
    is_integer,
    is_object,
    is_string,
    require,
)

_AUDIENCES = ("enableForAnonymousUser", "enableForPublic", "enableForAuthenticatedUser")


def check_file_upload(values: Mapping[str, object]) -> None:
    upload = values["fileUpload"]
    if not is_object(upload):
        raise OptionsError("fileUpload must be an object value.")
    each_given(upload, _AUDIENCES, is_boolean, "fileUpload.{} must be a boolean value.")
    each_given(
        upload,
        ("fileExtensions", "allowedFileUrlDomains"),
        is_array,
        "fileUpload.{} must be an array.",
    )
    patterns = upload.get("fileExtensions")
    for pattern in patterns if is_array(patterns) else ():
        _check_extension(pattern)
    domains = upload.get("allowedFileUrlDomains")
    require(
        not is_array(domains) or all(isinstance(d, str) and d for d in domains),
        "fileUpload.allowedFileUrlDomains must contain only non-empty strings.",
    )
    require(
        upload.get("accessControl") in (None, OWNER, PUBLIC),
        f'fileUpload.accessControl must be "{OWNER}" or "{PUBLIC}".',
    )


def _check_extension(pattern: object) -> None:
    if pattern == "*":
        return
    try:
        compile_pattern(str(pattern))
    except ValueError as error:
        raise OptionsError(
            f"fileUpload.fileExtensions: {pattern!r} is no regular expression: {error}"
        ) from None


def check_file_download(values: Mapping[str, object]) -> None:
    download = values["fileDownload"]
    if not is_object(download):
        raise OptionsError("fileDownload must be an object value.")
    each_given(download, _AUDIENCES, is_boolean, "fileDownload.{} must be a boolean value.")
    signed = download.get("signedUrls")
    if signed is not None:
        _check_signed_urls(signed)


def _check_signed_urls(signed: object) -> None:
    if not is_object(signed):
        raise OptionsError("fileDownload.signedUrls must be an object value.")
    expires_in = signed.get("expiresIn", 1)
    require(
        is_integer(expires_in) and expires_in >= 1,
        "fileDownload.signedUrls.expiresIn must be a whole number of seconds of at least 1.",
    )
    key = signed.get("key")
    require(
        key is None or (is_string(key) and bool(key)),
        "fileDownload.signedUrls.key must be a non-empty string.",
    )
