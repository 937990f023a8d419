"""S3 and what speaks its language, with the options of npm's `@parse/s3-files-adapter`."""

import logging
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlsplit

from obstore.store import S3Store

from parsepy.files.objectstore.multipart import MultipartApi, MultipartUploads
from parsepy.files.objectstore.settings import COMMON, Place, Service, Settings, endpoint_of
from parsepy.options.errors import OptionsError
from parsepy.options.reading import OptionReader

_log = logging.getLogger(__name__)

NAMES: Final = (
    "bucket",
    "region",
    *COMMON,
    "fileAcl",
    "signatureVersion",
    "ServerSideEncryption",
    "accessKey",
    "secretKey",
    "credentials",
    "endpoint",
    "forcePathStyle",
    "s3overrides",
)
_OVERRIDES: Final = (
    "endpoint",
    "region",
    "credentials",
    "accessKeyId",
    "secretAccessKey",
    "sessionToken",
    "forcePathStyle",
    "s3ForcePathStyle",
    "signatureVersion",
    "params",
)
_CREDENTIALS: Final = ("accessKeyId", "secretAccessKey", "sessionToken")


def read_s3(given: OptionReader) -> Place:
    """Without keys obstore looks where every program of Amazon's does: variables, files, the
    machine's role. Raises `OptionsError`."""
    given.check_names(NAMES)
    settings = Settings(given, "S3")
    overrides = _inner(given, "s3overrides", _OVERRIDES)
    _check_signature(given, settings)
    _warn_of_acl(settings)
    bucket = _bucket(settings, overrides)
    region = overrides.text("region") or settings.text("region", "REGION")
    endpoint = endpoint_of(given, "endpoint", overrides.text("endpoint") or given.text("endpoint"))
    # A bucket's dots do not fit the certificate of its host.
    by_path = _by_path(given, overrides, default=endpoint is not None or "." in bucket)
    keys = _credentials(settings, overrides)
    config = {
        "region": region,
        "endpoint": endpoint if by_path else _with_bucket(endpoint, bucket),
        "virtual_hosted_style_request": not by_path,
        "server_side_encryption": _encryption(given),
        # Not every service that speaks S3 deletes several objects at once.
        "disable_bulk_delete": True,
        **keys,
    }
    secrets = tuple(value for name, value in keys.items() if value and name != "access_key_id")
    listed = MultipartApi(
        bucket, region or _region_around(settings), endpoint, by_path, _for_botocore(keys)
    )
    return settings.place(
        _address(endpoint, bucket, by_path=by_path),
        Service(S3Store, bucket, config, secrets),
        MultipartUploads(listed),
    )


def _inner(given: OptionReader, name: str, names: tuple[str, ...]) -> OptionReader:
    inner = OptionReader(f"{given.path}.{name}", given.mapping(name))
    inner.check_names(names)
    return inner


def _bucket(settings: Settings, overrides: OptionReader) -> str:
    params = _inner(overrides, "params", ("Bucket",))
    return params.text("Bucket") or settings.needed_text("bucket", "BUCKET")


def _check_signature(given: OptionReader, settings: Settings) -> None:
    if settings.text("signatureVersion", "SIGNATURE_VERSION") not in (None, "v4"):
        raise given.wrong("signatureVersion", "v4: older signatures are no longer accepted")


def _warn_of_acl(settings: Settings) -> None:
    acl = settings.text("fileAcl", "FILE_ACL")
    if acl not in (None, "none", "private"):
        _log.warning(
            "filesAdapter: fileAcl %s is not sent; let the bucket's policy say who may read", acl
        )


def _encryption(given: OptionReader) -> str | None:
    choices = ("AES256", "aws:kms")
    chosen = given.choice("ServerSideEncryption", ("", *choices), "")
    return chosen or None


def _credentials(settings: Settings, overrides: OptionReader) -> dict[str, str | None]:
    """Those of `s3overrides` first, as with npm's adapter; both halves of a key, or none."""
    for source in (overrides, _inner(overrides, "credentials", _CREDENTIALS)):
        if source.text("accessKeyId") or source.text("secretAccessKey"):
            return _pair(source, source.text("accessKeyId"), source.text("secretAccessKey"))
    key, secret = settings.text("accessKey", "ACCESS_KEY"), settings.text("secretKey", "SECRET_KEY")
    if key or secret:
        return _pair(settings.given, key, secret)
    own = _inner(settings.given, "credentials", _CREDENTIALS)
    if own.text("accessKeyId") or own.text("secretAccessKey"):
        return _pair(own, own.text("accessKeyId"), own.text("secretAccessKey"))
    return {}


def _pair(source: OptionReader, key: str | None, secret: str | None) -> dict[str, str | None]:
    if key is None or secret is None:
        raise OptionsError(f"Option {source.path} must have both an access key and its secret.")
    token = source.text("sessionToken")
    return {"access_key_id": key, "secret_access_key": secret, "session_token": token}


def _region_around(settings: Settings) -> str:
    """Where obstore looks too."""
    found = settings.variable("AWS_REGION") or settings.variable("AWS_DEFAULT_REGION")
    return found or "us-east-1"


def _for_botocore(keys: Mapping[str, str | None]) -> dict[str, str | None]:
    return {f"aws_{name}": value for name, value in keys.items()}


def _by_path(given: OptionReader, overrides: OptionReader, *, default: bool) -> bool:
    for name in ("forcePathStyle", "s3ForcePathStyle"):
        default = overrides.switch(name, default)
    return given.switch("forcePathStyle", default)


def _with_bucket(endpoint: str | None, bucket: str) -> str | None:
    if endpoint is None:
        return None
    parts = urlsplit(endpoint)
    return parts._replace(netloc=f"{bucket}.{parts.netloc}").geturl()


def _address(endpoint: str | None, bucket: str, *, by_path: bool) -> str:
    if endpoint is None:
        return f"https://{bucket}.s3.amazonaws.com"
    return (
        f"{endpoint}/{quote(bucket, safe='')}" if by_path else str(_with_bucket(endpoint, bucket))
    )
