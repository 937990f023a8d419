"""What the person who runs the server should know about the options: each with its fix."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from parsepy.options.catalogue import OPTIONS
from parsepy.options.definition import Kind, Option
from parsepy.options.providers import is_later
from parsepy.types import MISSING

_OLD_PAGES = "customPages."


class Notice(msgspec.Struct, frozen=True):
    """A warning and what to do about it, one sentence each."""

    message: str
    fix: str

    def __str__(self) -> str:
        return f"{self.message} {self.fix}"


def notices(values: Mapping[str, object]) -> tuple[Notice, ...]:
    """Names unknown options, those set to something that parsepy does not do yet, and those that
    will not do what they seem to."""
    unknown = tuple(_unknown_notice(path, names) for path, names in unknown_options(values))
    unsupported = tuple(_unsupported_notice(path) for path in unsupported_options(values))
    return unknown + unsupported + tuple(_advice(values))


def unknown_options(values: Mapping[str, object]) -> Iterator[tuple[str, Iterable[str]]]:
    """Dotted paths that no option has, each with the names that exist beside it."""
    yield from _unknown(values, OPTIONS, "")


def _unknown(
    values: Mapping[str, object], known: Mapping[str, Option], prefix: str
) -> Iterator[tuple[str, Iterable[str]]]:
    for name, value in values.items():
        option = known.get(name)
        if option is None:
            yield prefix + name, known
        elif option.members is not None:
            inner = {member.name: member for member in option.members.options}
            for element in value if isinstance(value, list | tuple) else (value,):
                if isinstance(element, Mapping):
                    yield from _unknown(element, inner, f"{prefix}{name}.")


def unsupported_options(values: Mapping[str, object]) -> Iterator[str]:
    """Dotted paths of known options whose value asks for something that is not there yet."""
    for name, option in OPTIONS.items():
        value = values.get(name)
        if value is not None:
            yield from _unsupported(option, value, name)
    providers = values.get("auth")
    if isinstance(providers, Mapping):
        yield from _unsupported_providers(providers)


def _unsupported(option: Option, value: object, path: str) -> Iterator[str]:
    if option.members is not None and not option.repeated and isinstance(value, Mapping):
        for member in option.members.options:
            inner = value.get(member.name)
            if inner is not None:
                yield from _unsupported(member, inner, f"{path}.{member.name}")
    elif not option.supported and not _means_default(option, value):
        yield path


def _means_default(option: Option, value: object) -> bool:
    if option.default is MISSING:
        return option.kind is Kind.BOOLEAN and value is False
    return value == option.default


def _unsupported_providers(providers: Mapping[str, object]) -> Iterator[str]:
    for name, settings in providers.items():
        switched_off = isinstance(settings, Mapping) and settings.get("enabled") is False
        if is_later(name, settings) and not switched_off:
            yield f"auth.{name}"


def _advice(values: Mapping[str, object]) -> Iterator[Notice]:
    workers = values.get("cluster")
    rules = values.get("rateLimit") or ()
    listed = (rules,) if isinstance(rules, Mapping) else rules
    if (
        isinstance(workers, int | float)
        and workers > 1
        and not values.get("redisUrl")
        and isinstance(listed, Iterable)
        and any(isinstance(rule, Mapping) and not rule.get("redisUrl") for rule in listed)
    ):
        yield Notice(
            f"Each of the {workers} processes counts rateLimit by itself.",
            "Set redisUrl so that they count together.",
        )
    repeated = values.get("idempotencyOptions")
    if isinstance(repeated, Mapping) and repeated.get("replay") and not repeated.get("paths"):
        yield Notice(
            "Option idempotencyOptions.replay has no effect without paths.",
            "List the protected paths in idempotencyOptions.paths.",
        )


def _unknown_notice(path: str, names: Iterable[str]) -> Notice:
    # Only a misspelt option pays for the import.
    from difflib import get_close_matches

    prefix, _, name = path.rpartition(".")
    close = get_close_matches(name, list(names), n=1, cutoff=0.75)
    if not close:
        return Notice(f"Unknown option {path}.", "Remove it; docs/options.md lists all names.")
    return Notice(
        f"Unknown option {path}.", f"Did you mean {'.'.join(filter(None, (prefix, close[0])))}?"
    )


def _unsupported_notice(path: str) -> Notice:
    if path == "encryptionKey":
        return Notice(
            "Option encryptionKey has no effect, as with parse-server 9.10.",
            "Set fileKey to encrypt files, or encryptionKey among the options of a folder's"
            " filesAdapter.",
        )
    if path.startswith(_OLD_PAGES):
        return Notice(
            f"Option {path} has no effect: parse-server 9 has given it up.",
            "Name the page in pages.customUrls, or put a file of yours into pages.pagesPath.",
        )
    return Notice(
        f"Option {path} is not supported yet and has no effect.",
        "Remove it to silence this; CHANGELOG.md tells when it works.",
    )
