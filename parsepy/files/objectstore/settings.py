"""What the three kinds of object stores have in common, read out of options and environment.

Names and variables are those of npm's `@parse/s3-files-adapter` and `@parse/gcs-files-adapter`.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

from parsepy.files.objectstore.unfinished import UnfinishedUploads
from parsepy.options.errors import OptionsError
from parsepy.options.reading import OptionReader

COMMON: Final = (
    "bucketPrefix",
    "directAccess",
    "baseUrl",
    "baseUrlDirect",
    "globalCacheControl",
    "presignedUrl",
    "presignedUrlExpires",
)

_FIFTEEN_MINUTES: Final = 900
_SEVEN_DAYS: Final = 7 * 24 * 3600
"""No longer does S3 accept a signature."""

_YES: Final = ("true", "1", "yes", "on")
_NO: Final = ("false", "0", "no", "off")


_RETRY: Final = {"max_retries": 4, "retry_timeout": timedelta(seconds=30)}
"""Requests wait for this: obstore's own three minutes are beyond every client's patience."""


Signer: TypeAlias = Callable[[Any, str, timedelta], str | None]
"""Signs the address of a key, with obstore's store or on its own, for so long. `None`: such a key
it cannot sign."""


@dataclass(frozen=True, slots=True)
class Service:
    """How one of obstore's stores is opened. `config` has its names; what is `None` there is found
    in the environment, or has its default. `sign` is given where obstore does not sign rightly."""

    store_class: Any
    bucket: str
    config: Mapping[str, Any] = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    sign: Signer | None = None

    def opened(self) -> Any:
        endpoint = self.config.get("endpoint") or self.config.get("base_url") or ""
        return self.store_class(
            self.bucket,
            config={name: value for name, value in self.config.items() if value is not None},
            # Without TLS only where the endpoint says so.
            client_options={
                "allow_http": endpoint.startswith("http://"),
                "timeout": timedelta(minutes=2),
            },
            retry_config=_RETRY,
        )


@dataclass(frozen=True, slots=True)
class Place:
    """A bucket, and how addresses of its files look.

    `prefix` stands before every key, `address` before every encoded key; clients are sent there
    where `direct_access` is set. `base_url` takes the place of `address`, and of the prefix too
    unless `prefix_in_address`. `expires` is for how long an address is signed; `None`: it is not.
    `sign` does it, or else obstore.
    `unfinished` knows of broken uploads. `secrets` must not come into any log.
    """

    store: Any = field(repr=False)
    prefix: str
    address: str
    unfinished: UnfinishedUploads = field(repr=False)
    direct_access: bool = False
    base_url: str | None = None
    prefix_in_address: bool = True
    cache_control: str | None = None
    expires: timedelta | None = None
    sign: Signer | None = None
    secrets: tuple[str, ...] = field(default=(), repr=False)


class Settings:
    """The options of one adapter, with the environment behind them: S3_BUCKET, GCS_BUCKET …"""

    def __init__(
        self, given: OptionReader, variables: str, environment: Mapping[str, str] = os.environ
    ) -> None:
        self.given = given
        self._variables = variables
        self._environment = environment

    def text(self, name: str, variable: str) -> str | None:
        return self.given.text(name) or self.variable(f"{self._variables}_{variable}")

    def needed_text(self, name: str, variable: str) -> str:
        value = self.text(name, variable)
        if value is None:
            raise OptionsError(
                f"Option {self.given.path}.{name} is required, or the variable"
                f" {self._variables}_{variable}."
            )
        return value

    def switch(self, name: str, variable: str, default: bool = False) -> bool:
        word = self._environment.get(f"{self._variables}_{variable}", "").lower()
        if word and word not in (*_YES, *_NO):
            raise OptionsError(f"Variable {self._variables}_{variable} must be true or false.")
        return self.given.switch(name, word in _YES if word else default)

    def variable(self, name: str) -> str | None:
        return self._environment.get(name) or None

    def place(self, address: str, service: Service, unfinished: UnfinishedUploads) -> Place:
        """Raises `OptionsError` for what obstore refuses, without the secrets."""
        prefix = self._prefix()
        try:
            store = service.opened()
        except Exception as error:
            reason = without_secrets(str(error), service.secrets)
            raise OptionsError(f"Option {self.given.path} cannot work: {reason}") from None
        signed = self.switch("presignedUrl", "PRESIGNED_URL")
        return Place(
            store=store,
            prefix=prefix,
            address=address,
            unfinished=unfinished,
            base_url=(self.text("baseUrl", "BASE_URL") or "").rstrip("/") or None,
            direct_access=self.switch("directAccess", "DIRECT_ACCESS"),
            prefix_in_address=not self.switch("baseUrlDirect", "BASE_URL_DIRECT"),
            cache_control=self.text("globalCacheControl", "GLOBAL_CACHE_CONTROL"),
            expires=self._expires() if signed else None,
            sign=service.sign,
            secrets=service.secrets,
        )

    def _prefix(self) -> str:
        prefix = self.text("bucketPrefix", "BUCKET_PREFIX") or ""
        *folders, _ = prefix.split("/")
        if any(folder in ("", ".", "..") for folder in folders):
            raise self.given.wrong(
                "bucketPrefix", "a text without empty folders, . or .. that begins with no slash"
            )
        return prefix

    def _expires(self) -> timedelta:
        text = self._environment.get(f"{self._variables}_PRESIGNED_URL_EXPIRES", "")
        if text and not text.isdecimal():
            raise OptionsError(
                f"Variable {self._variables}_PRESIGNED_URL_EXPIRES must be a number of seconds."
            )
        default = int(text) if text else _FIFTEEN_MINUTES
        return timedelta(seconds=self.given.whole("presignedUrlExpires", default, 1, _SEVEN_DAYS))


def endpoint_of(given: OptionReader, name: str, text: str | None) -> str | None:
    """`host:port` is taken for https. Raises `OptionsError` for what is no address."""
    if text is None:
        return None
    url = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_address = False
    if not is_address:
        raise given.wrong(name, "an address that begins with https:// or http://")
    return url.rstrip("/")


def without_secrets(text: str, secrets: tuple[str, ...]) -> str:
    """The first line, in which addresses have no signatures and no secret is left."""
    line = text.strip().partition("\n")[0]
    words = [word.partition("?")[0] if "://" in word else word for word in line.split(" ")]
    shown = " ".join(words)
    for secret in secrets:
        shown = shown.replace(secret, "***")
    return shown
