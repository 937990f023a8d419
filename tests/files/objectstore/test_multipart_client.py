"""That botocore asks where, and as whom, obstore does."""

from collections.abc import Mapping
from contextlib import closing
from urllib.parse import parse_qs, urlsplit

import pytest

from parsepy.files.objectstore.multipart import MultipartUploads
from parsepy.files.objectstore.multipart_client import open_client
from parsepy.files.objectstore.s3 import read_s3
from parsepy.options.reading import OptionReader

KEYS = {"accessKey": "AKID", "secretKey": "s3cr3t"}


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        *("S3_BUCKET", "S3_REGION", "S3_ACCESS_KEY", "S3_SECRET_KEY"),
        *("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_PROFILE"),
        *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
    ):
        monkeypatch.delenv(name, raising=False)


def _asked(settings: Mapping[str, object]) -> str:
    """The address that uploads are listed at, signed."""
    place = read_s3(OptionReader("filesAdapter.options", settings))
    assert isinstance(place.unfinished, MultipartUploads)
    with closing(open_client(place.unfinished.api)) as client:
        named = {"Bucket": settings["bucket"], "Prefix": "p/"}
        return str(client.generate_presigned_url("list_multipart_uploads", named))


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ({"bucket": "app"}, "https://app.s3.amazonaws.com/"),
        ({"bucket": "app", "region": "eu-west-1"}, "https://app.s3.eu-west-1.amazonaws.com/"),
        ({"bucket": "my.app", "region": "eu-west-1"}, "https://s3.eu-west-1.amazonaws.com/my.app"),
        ({"bucket": "app", "endpoint": "s3.example"}, "https://s3.example/app"),
        ({"bucket": "app", "endpoint": "http://s3.example:9000/"}, "http://s3.example:9000/app"),
        (
            {"bucket": "app", "endpoint": "s3.example", "forcePathStyle": False},
            "https://app.s3.example/",
        ),
    ],
)
def test_it_asks_where_the_bucket_is(settings: dict[str, object], address: str) -> None:
    parts = urlsplit(_asked({**KEYS, **settings}))

    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == address


def test_it_signs_with_the_keys_that_are_given() -> None:
    keys = {"accessKeyId": "AKID", "secretAccessKey": "s3cr3t", "sessionToken": "session"}

    asked = _asked({"bucket": "app", "region": "eu-west-1", "credentials": keys})

    query = parse_qs(urlsplit(asked).query, keep_blank_values=True)
    (credential,) = query["X-Amz-Credential"]
    assert credential.startswith("AKID/")
    assert credential.endswith("/eu-west-1/s3/aws4_request")
    assert query["X-Amz-Security-Token"] == ["session"]
    assert (query["uploads"], query["prefix"]) == ([""], ["p/"])


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_without_keys_and_a_region_it_is_those_around(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AROUND")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3cr3t")
    monkeypatch.setenv(name, "eu-north-1")

    asked = _asked({"bucket": "app"})

    (credential,) = parse_qs(urlsplit(asked).query)["X-Amz-Credential"]
    assert credential.startswith("AROUND/")
    assert credential.endswith("/eu-north-1/s3/aws4_request")
