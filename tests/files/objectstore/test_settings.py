"""The options of the three services, and what stops the start."""

import logging
from collections.abc import Mapping

import pytest

from parsepy.files.base import FileStore
from parsepy.files.objectstore import open_object_store
from parsepy.files.objectstore.settings import without_secrets
from parsepy.options.errors import OptionsError

KEYS = {"accessKey": "k", "secretKey": "s3cr3t"}
ACCOUNT = {
    "client_email": "a@example",
    "private_key": "pem",
    "private_key_id": "1",
    "disable_oauth": True,
    "gcs_base_url": "https://storage.googleapis.com",
}


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("S3_BUCKET", "GCS_BUCKET", "AZURE_STORAGE_CONTAINER", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)


def _opened(kind: str, settings: Mapping[str, object]) -> FileStore:
    return open_object_store(kind, "filesAdapter.options", settings)


@pytest.mark.parametrize(
    ("kind", "settings", "address"),
    [
        ("s3", {"bucket": "b"}, "https://b.s3.amazonaws.com/f"),
        ("s3", {"bucket": "b", "bucketPrefix": ""}, "https://b.s3.amazonaws.com/f"),
        ("s3", {"bucket": "b", "bucketPrefix": "p/"}, "https://b.s3.amazonaws.com/p/f"),
        ("s3", {"bucket": "b", "endpoint": "s3.example"}, "https://s3.example/b/f"),
        (
            "s3",
            {"bucket": "b", "s3overrides": {"endpoint": "http://s3:9000/", "region": "x"}},
            "http://s3:9000/b/f",
        ),
        (
            "s3",
            {"bucket": "b", "endpoint": "s3.example", "forcePathStyle": False},
            "https://b.s3.example/f",
        ),
        ("s3", {"s3overrides": {"params": {"Bucket": "c"}}}, "https://c.s3.amazonaws.com/f"),
        ("gcs", {"bucket": "b", "projectId": "p"}, "https://storage.googleapis.com/b/f"),
        ("gcs", {"bucket": "b", "endpoint": "http://gcs:1"}, "http://gcs:1/b/f"),
        ("azure", {"account": "a", "container": "c"}, "https://a.blob.core.windows.net/c/f"),
        (
            "azure",
            {"account": "a", "container": "c", "endpoint": "http://az:1/a"},
            "http://az:1/a/c/f",
        ),
    ],
)
def test_addresses_without_an_option_for_them(
    kind: str, settings: dict[str, object], address: str
) -> None:
    needed: dict[str, dict[str, object]] = {
        "s3": {**KEYS},
        "gcs": {"credentials": ACCOUNT},
        "azure": {"accessKey": "c2VjcmV0"},
    }
    files = _opened(kind, {**needed[kind], **settings, "directAccess": True})

    assert files.location("f") == address


def test_the_environment_of_npm_s_adapters_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "S3_BUCKET": "b",
        "S3_ACCESS_KEY": "k",
        "S3_SECRET_KEY": "s",
        "S3_BUCKET_PREFIX": "p/",
        "S3_REGION": "eu-west-1",
        "S3_DIRECT_ACCESS": "true",
        "S3_BASE_URL": "https://cdn.example",
        "S3_BASE_URL_DIRECT": "false",
        "S3_PRESIGNED_URL": "1",
        "S3_PRESIGNED_URL_EXPIRES": "60",
    }.items():
        monkeypatch.setenv(name, value)

    address = _opened("s3", {}).location("f") or ""

    assert address.startswith("https://cdn.example/p/f?")
    assert "eu-west-1" in address
    assert "X-Amz-Expires=60" in address


@pytest.mark.parametrize("name", ["S3_DIRECT_ACCESS", "S3_PRESIGNED_URL_EXPIRES"])
def test_a_variable_of_nonsense_stops_the_start(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "perhaps")
    with pytest.raises(OptionsError, match=f"Variable {name} must be"):
        _opened("s3", {**KEYS, "bucket": "b", "presignedUrl": True})


@pytest.mark.parametrize(
    ("kind", "settings", "message"),
    [
        ("s3", {}, "bucket is required, or the variable S3_BUCKET"),
        ("gcs", {}, "bucket is required, or the variable GCS_BUCKET"),
        ("azure", {"account": "a"}, "container is required, or the variable AZURE_STORAGE_CONTA"),
        ("s3", {"bucket": "b", "generateKey": "x"}, "has no generateKey; it has bucket, region"),
        ("s3", {"bucket": "b", "accessKey": "k"}, "must have both an access key and its secret"),
        (
            "s3",
            {"bucket": "b", "credentials": {"secretAccessKey": "s"}},
            "credentials must have both an access key and its secret",
        ),
        ("s3", {"bucket": "b", "endpoint": "ftp://x"}, "endpoint must be an address that begins"),
        ("s3", {"bucket": "b", "endpoint": "http://["}, "endpoint must be an address that begins"),
        ("s3", {"bucket": "b", "bucketPrefix": "/p"}, "bucketPrefix must be a text without"),
        ("s3", {"bucket": "b", "bucketPrefix": "a/../p"}, "bucketPrefix must be a text without"),
        ("s3", {"bucket": "b", "directAccess": "yes"}, "directAccess must be a boolean"),
        ("s3", {"bucket": "b", "signatureVersion": "v2"}, "signatureVersion must be v4"),
        ("s3", {"bucket": "b", "ServerSideEncryption": "x"}, "ServerSideEncryption must be one"),
        ("s3", {"bucket": "b", "s3overrides": {"x": 1}}, "s3overrides has no x"),
        ("s3", {"bucket": "b", "s3overrides": 1}, "s3overrides must be an object"),
        (
            "s3",
            {"bucket": "b", "presignedUrl": True, "presignedUrlExpires": 604801},
            "presignedUrlExpires must be a whole number from 1 to 604800",
        ),
        ("gcs", {"bucket": "b", "keyFilename": "/nowhere.json"}, "options cannot work: "),
        ("azure", {"account": "a", "container": "c", "accessKey": "s3cr3t"}, "cannot work: "),
    ],
)
def test_nonsense_stops_the_start(kind: str, settings: dict[str, object], message: str) -> None:
    keys = KEYS if kind == "s3" and "accessKey" not in settings else {}
    if "credentials" in settings:
        keys = {}
    with pytest.raises(OptionsError) as raised:
        _opened(kind, {**keys, **settings})
    assert message in str(raised.value)
    assert "s3cr3t" not in str(raised.value)


def test_an_acl_that_is_not_sent_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        _opened("s3", {**KEYS, "bucket": "b", "fileAcl": "public-read"})
        _opened("s3", {**KEYS, "bucket": "b", "fileAcl": "none"})

    assert caplog.messages == [
        "filesAdapter: fileAcl public-read is not sent; let the bucket's policy say who may read"
    ]


def test_what_is_logged_has_no_secrets() -> None:
    text = "Error at https://h/b?sig=abc&x=1 with s3cr3t\nDebug: s3cr3t"

    assert without_secrets(text, ("s3cr3t",)) == "Error at https://h/b with ***"


def test_no_representation_shows_a_secret() -> None:
    files = _opened("s3", {**KEYS, "bucket": "b"})

    assert "s3cr3t" not in repr(vars(files))
