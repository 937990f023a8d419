"""The mailer that the option `emailAdapter` asks for."""

import ipaddress
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from parsepy.email.adapter import Adapter, OwnAdapter
from parsepy.email.letters import FALLBACK, Letters
from parsepy.email.mailer import AppMailer
from parsepy.email.memory import MemoryAdapter
from parsepy.email.retry import Retry
from parsepy.email.template_folder import is_language_tag
from parsepy.options.functions import load_adapter
from parsepy.options.model import ServerOptions
from parsepy.options.reading import OptionReader, read_adapter
from parsepy.storage.base import Storage

_log = logging.getLogger(__name__)

OPTION: Final = "emailAdapter"
BUILT_IN: Final = ("smtp", "console", "memory")
BESIDE: Final = ("options", "templates", "fallbackLocale", "localeField", "retry")
_RETRY_NAMES: Final = ("attempts", "firstDelay", "longestDelay")


@dataclass(frozen=True, slots=True)
class _Asked:
    """The option, taken apart."""

    adapter: object
    options: Mapping[str, object]
    letters: Letters
    retry: Retry


def open_mailer(options: ServerOptions, storage: Storage) -> AppMailer | None:
    """`None` without an adapter. Raises `OptionsError` for one that cannot work."""
    if options.email_adapter is None:
        return None
    asked = _read(options.email_adapter)
    adapter = _adapter(asked.adapter, asked.options)
    return AppMailer(adapter, asked.letters, storage, asked.retry)


def _read(option: object) -> _Asked:
    if not isinstance(option, Mapping):
        return _Asked(option, {}, Letters(), Retry())
    given = OptionReader(OPTION, option)
    adapter, settings = read_adapter(OPTION, option, BUILT_IN, BESIDE)
    return _Asked(adapter, settings, _letters(given), _retry(option.get("retry")))


def _letters(given: OptionReader) -> Letters:
    folder, fallback = given.text("templates"), given.text("fallbackLocale") or FALLBACK
    if not is_language_tag(fallback):
        raise given.wrong("fallbackLocale", "a language tag, such as en or pt-BR")
    letters = Letters(None if folder is None else Path(folder), fallback, given.text("localeField"))
    letters.check(f"{OPTION}.templates")
    return letters


def _retry(option: object) -> Retry:
    default = Retry()
    given = OptionReader(f"{OPTION}.retry", {} if option is None else option)
    given.check_names(_RETRY_NAMES)
    retry = Retry(
        attempts=given.whole("attempts", default.attempts, 1, 1000),
        first_delay=given.seconds("firstDelay", default.first_delay),
        longest_delay=given.seconds("longestDelay", default.longest_delay),
    )
    if retry.longest_delay < retry.first_delay:
        raise given.wrong("longestDelay", "no less than firstDelay")
    return retry


def _adapter(given: object, settings: Mapping[str, object]) -> Adapter:
    # Each is imported when it is asked for.
    if given == "smtp":
        from parsepy.email.smtp import SmtpAdapter, read_smtp

        smtp = read_smtp(f"{OPTION}.options", settings)
        if smtp.password is not None and smtp.tls == "none" and not _is_here(smtp.host):
            _log.warning("%s sends its password to %s without TLS", OPTION, smtp.host)
        return SmtpAdapter(smtp)
    if given == "console":
        from parsepy.email.console import ConsoleAdapter

        return ConsoleAdapter()
    if given == "memory":
        return MemoryAdapter()
    found = load_adapter(OPTION, given, settings)
    return found if isinstance(found, MemoryAdapter) else OwnAdapter(found)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
