"""Logging in by a directory: a user's name and password are tried there and not kept here."""

import asyncio
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final

from parsepy.auth.base import AuthProvider, AuthRequest, ProviderSettings, Stage, Verdict
from parsepy.auth.ldap import names, refusals
from parsepy.auth.ldap.options import LdapOptions, read_options
from parsepy.options.errors import OptionsError
from parsepy.types import JSONObject

if TYPE_CHECKING:
    from parsepy.auth.ldap.directory import Attempt

TIMEOUT: Final = 10.0
"""Seconds that a log-in waits for the directory."""

_THREADS: Final = 8
_LONGEST: Final = 1000
"""Characters of an id or a password that a directory is bothered with."""


class LdapProvider(AuthProvider):
    def __init__(self, settings: ProviderSettings, timeout: float = TIMEOUT) -> None:
        super().__init__(settings)
        self._timeout = timeout

    def check_options(self) -> None:
        self._options  # noqa: B018 (raises for what cannot work)
        _attempts()

    async def validate(self, stage: Stage, auth_data: JSONObject, request: AuthRequest) -> Verdict:
        """Raises 101 for wrong credentials and for a directory that does not answer, and 1 for
        users outside the group."""
        user_id, password = auth_data.get("id"), auth_data.get("password")
        # A directory takes a name without a password for nobody in particular, and lets him in.
        if not _is_usable(user_id) or not _is_usable(password):
            raise refusals.wrong_credentials()
        await self._log_in(str(user_id), str(password))
        return Verdict(save={name: each for name, each in auth_data.items() if name != "password"})

    async def _log_in(self, user_id: str, password: str) -> None:
        options = self._options
        group = options.group
        attempt = _attempts()(options, self._timeout)
        asked = asyncio.get_running_loop().run_in_executor(
            self._threads,
            attempt.run,
            names.user_name(options.dn, user_id),
            password,
            None if group is None else names.group_filter(group.filter, user_id),
        )
        try:
            async with asyncio.timeout(self._timeout):
                await asked
        except TimeoutError:
            raise refusals.went_wrong("timeout") from None
        finally:
            attempt.abort()

    @cached_property
    def _options(self) -> LdapOptions:
        return read_options(self.settings.options)

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        """Its own: a directory that does not answer must not hold up what else runs in threads."""
        return ThreadPoolExecutor(_THREADS, thread_name_prefix="ldap")


@cache
def _attempts() -> "type[Attempt]":
    """From the file that needs the extra. Raises `OptionsError` where that is not installed."""
    try:
        with warnings.catch_warnings():
            # ldap3 uses names that its own ASN.1 library has renamed.
            warnings.simplefilter("ignore", DeprecationWarning)
            from parsepy.auth.ldap.directory import Attempt
    except ImportError as error:
        raise OptionsError(
            f"Option auth.ldap needs {error.name}: pip install 'parsepy-server[ldap]'"
        ) from error
    return Attempt


def _is_usable(given: object) -> bool:
    return isinstance(given, str) and 0 < len(given) <= _LONGEST and _is_unicode(given)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
