"""botocore, as far as multipart uploads that nobody completed need it. Everything here waits for
the network: call it in threads."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from botocore.session import Session

from parsepy.files.base import LeftoversHidden
from parsepy.files.objectstore.multipart import MultipartApi

LISTED_AT_ONCE: Final = 1000
"""More is shown by no service."""

_RETRIES: Final = {"mode": "standard", "total_max_attempts": 5}
_CONNECT_TIMEOUT: Final = 10
_READ_TIMEOUT: Final = 60
_GONE: Final = ("NoSuchUpload", "404")
_REFUSED: Final = ("AccessDenied", "MethodNotAllowed", "NotImplemented", "403", "405", "501")


@dataclass(frozen=True, slots=True)
class Begun:
    """An upload, and when it was begun."""

    upload_id: str
    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Parts:
    """All that was uploaded; `newest` is when the last of it was, `None`: nothing was."""

    size: int
    newest: datetime | None


class MultipartClient:
    """Methods raise `OSError` where the service cannot be reached, or fails, and `LeftoversHidden`
    where it, or what these keys may do, does not include lists of uploads."""

    def __init__(self, api: MultipartApi) -> None:
        self._bucket = api.bucket
        with _failing():
            self._client = open_client(api)

    def pages(self, prefix: str) -> Iterator[list[Begun]]:
        listing = self._client.get_paginator("list_multipart_uploads")
        asked = {"Bucket": self._bucket, "Prefix": prefix, **_paged()}
        with _listing():
            for page in listing.paginate(**asked):
                yield [
                    Begun(each["UploadId"], each["Key"], each["Initiated"].astimezone(UTC))
                    for each in page.get("Uploads", ())
                ]

    def parts(self, key: str, upload_id: str) -> Parts | None:
        """`None`: there is no such upload any more."""
        size, newest = 0, None
        listing = self._client.get_paginator("list_parts")
        asked = {"Bucket": self._bucket, "Key": key, "UploadId": upload_id, **_paged()}
        try:
            with _listing():
                for page in listing.paginate(**asked):
                    for part in page.get("Parts", ()):
                        at = part["LastModified"].astimezone(UTC)
                        size, newest = size + part["Size"], max(newest or at, at)
        except FileNotFoundError:
            return None
        return Parts(size, newest)

    def abort(self, key: str, upload_id: str) -> bool:
        try:
            with _failing():
                self._client.abort_multipart_upload(
                    Bucket=self._bucket, Key=key, UploadId=upload_id
                )
        except FileNotFoundError:
            return False
        return True

    def close(self) -> None:
        self._client.close()


def open_client(api: MultipartApi) -> Any:
    """botocore's client, with what is said to obstore."""
    config = Config(
        signature_version="s3v4" if api.sign_in is None else UNSIGNED,
        s3={"addressing_style": "path" if api.by_path else "virtual"},
        connect_timeout=_CONNECT_TIMEOUT,
        read_timeout=_READ_TIMEOUT,
        retries=_RETRIES,
    )
    client = Session().create_client(
        "s3", region_name=api.region, endpoint_url=api.endpoint, config=config, **api.keys
    )
    if api.sign_in is not None:
        client.meta.events.register("before-send.s3", _bearing(api.sign_in()))
    return client


def _bearing(token: Callable[[], str | None]) -> Callable[..., None]:
    def add(request: Any, **_: object) -> None:
        value = token()
        if value is not None:
            request.headers["Authorization"] = f"Bearer {value}"

    return add


def _paged() -> dict[str, Any]:
    return {"PaginationConfig": {"PageSize": LISTED_AT_ONCE}}


@contextmanager
def _failing() -> Iterator[None]:
    """Raises `FileNotFoundError` for an upload that is gone, `OSError` for other failures."""
    try:
        yield
    except ClientError as error:
        kind = FileNotFoundError if _code(error) in _GONE else OSError
        raise kind(f"{error.operation_name}: {_code(error)}") from None
    except BotoCoreError as error:
        raise OSError(f"{type(error).__name__}: {error}") from None


@contextmanager
def _listing() -> Iterator[None]:
    with _failing():
        try:
            yield
        except NoCredentialsError:
            raise LeftoversHidden("no keys were found that may list them") from None
        except ClientError as error:
            if _code(error) not in _REFUSED:
                raise
            told = f"the service refuses to list them ({error.operation_name}: {_code(error)})"
            raise LeftoversHidden(told) from None


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code"))
