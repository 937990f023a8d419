"""Checks of single options and small groups."""

import re
from collections.abc import Mapping
from typing import Final

from parsepy.options.definition import Kind
from parsepy.options.definitions.cloud import LIVE_QUERY_SERVER
from parsepy.options.definitions.files import INSTALLATION
from parsepy.options.definitions.operation import LOG_LEVELS
from parsepy.options.errors import OptionsError
from parsepy.options.model import CHANGE_STREAM, DOORS
from parsepy.options.validation.limits import check_patterns
from parsepy.options.validation.rules import (
    each_given,
    is_array,
    is_boolean,
    is_integer,
    is_number,
    is_object,
    is_set,
    is_string,
    require,
)

_LIVE_NUMBERS: Final = tuple(
    option.name for option in LIVE_QUERY_SERVER.options if option.kind is Kind.NUMBER
)
_MOST_REDIRECTS: Final = 10
_LOG_LEVELS: Final = ("error", "warn", "info", "debug", "verbose", "silly", "silent")


def check_security(values: Mapping[str, object]) -> None:
    security = values["security"]
    if not is_object(security):
        raise OptionsError("Parse Server option security must be an object.")
    each_given(
        security,
        ("enableCheck", "enableCheckLog"),
        is_boolean,
        "Parse Server option security.{} must be a boolean.",
    )


def check_plain_switches(values: Mapping[str, object]) -> None:
    names = (
        "enforcePrivateUsers",
        "enableInsecureAuthAdapters",
        "allowExpiredAuthDataToken",
        "allowClientClassCreation",
    )
    each_given(values, names, is_boolean, "Parse Server option {} must be a boolean.")


def check_keyword_denylist(values: Mapping[str, object]) -> None:
    require(
        is_array(values["requestKeywordDenylist"]),
        "Parse Server option requestKeywordDenylist must be an array.",
    )
    rules = values["requestKeywordDenylist"]
    for rule in rules if is_array(rules) else ():
        texts = [rule.get("key"), rule.get("value")] if is_object(rule) else []
        patterns = [text for text in texts if isinstance(text, str)]
        check_patterns("Parse Server option requestKeywordDenylist", patterns)


def check_log_levels(values: Mapping[str, object]) -> None:
    levels = values["logLevels"]
    chosen = {"logLevel": values.get("logLevel")}
    if is_object(levels):
        chosen.update({option.name: levels.get(option.name) for option in LOG_LEVELS.options})
    listed = ",".join(f'"{level}"' for level in _LOG_LEVELS)
    for name, level in chosen.items():
        require(not is_set(level) or level in _LOG_LEVELS, f"'{name}' must be one of [{listed}]")


def check_live_query(values: Mapping[str, object]) -> None:
    published, server = values.get("liveQuery"), values.get("liveQueryServerOptions")
    if is_object(published):
        each_given(published, ("regexTimeout",), is_number, "liveQuery.{} must be a number")
        _check_published_classes(published.get("classNames"))
        _check_source(published.get("source"), values.get("databaseURI"))
    if is_object(server):
        each_given(server, _LIVE_NUMBERS, is_number, "liveQueryServerOptions.{} must be a number")
        pairs = server.get("keyPairs")
        require(
            not is_set(pairs) or (is_object(pairs) and all(map(is_string, pairs.values()))),
            "liveQueryServerOptions.keyPairs must be an object of texts",
        )


def _check_published_classes(names: object) -> None:
    if not is_set(names):
        return
    if not is_array(names) or not all(map(is_string, names)):
        raise OptionsError("liveQuery.classes should be an array of string")
    for name in names:
        try:
            re.compile(str(name))
        except re.error as error:
            raise OptionsError(f"liveQuery.classNames: {name!r} is no pattern: {error}") from None


def _check_source(source: object, database: object) -> None:
    """An option of our own."""
    require(
        source is None or source in (DOORS, CHANGE_STREAM),
        f"liveQuery.source must be '{DOORS}' or '{CHANGE_STREAM}'",
    )
    require(
        source != CHANGE_STREAM or not str(database).startswith("sqlite:"),
        "liveQuery.source changeStream needs MongoDB 6.0 or later, as a replica set or a sharded"
        " cluster; with SQLite it is doors",
    )


def check_installation(values: Mapping[str, object]) -> None:
    options = values["installation"]
    if not is_object(options):
        raise OptionsError("installation must be an object.")
    known = {option.name for option in INSTALLATION.options}
    for name in options:
        require(name in known, f"installation contains unknown property '{name}'.")
    each_given(
        options,
        ("duplicateDeviceTokenActionEnforceAuth",),
        is_boolean,
        "installation.{} must be a boolean.",
    )
    _one_of(options, "duplicateDeviceTokenAction", ("delete", "update"))
    _one_of(options, "duplicateDeviceTokenMergePriority", ("deviceToken", "installationId"))


def _one_of(options: Mapping[str, object], name: str, choices: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{choice}'" for choice in choices)
    value = options.get(name)
    require(
        value is None or (isinstance(value, str) and value in choices),
        f"installation.{name} must be one of: {listed}.",
    )


def check_cloud_code(values: Mapping[str, object]) -> None:
    """Options of our own."""
    code, webhooks = values.get("cloudCode"), values.get("webhooks")
    if is_object(code):
        each_given(code, ("timeout",), _is_above_zero, "cloudCode.{} must be above 0")
        each_given(code, ("threads",), _is_count, "cloudCode.{} must be a whole number above 0")
    if is_object(webhooks):
        names = ("timeout", "maxAnswerSize")
        each_given(webhooks, names, _is_above_zero, "webhooks.{} must be above 0")
        redirects = webhooks.get("maxRedirects")
        require(
            redirects is None or (is_integer(redirects) and 0 <= redirects <= _MOST_REDIRECTS),
            f"webhooks.maxRedirects must be a whole number from 0 to {_MOST_REDIRECTS}",
        )


def _is_above_zero(value: object) -> bool:
    return is_number(value) and value > 0


def _is_count(value: object) -> bool:
    return is_integer(value) and value > 0


def check_functions(values: Mapping[str, object]) -> None:
    middleware = values.get("requestContextMiddleware")
    require(
        middleware is None or callable(middleware), "requestContextMiddleware must be a function"
    )
    cloud = values.get("cloud")
    listed = cloud if is_array(cloud) else [cloud]
    require(
        not is_set(cloud) or all(isinstance(one, str) or callable(one) for one in listed),
        "argument 'cloud' must either be a string or a function",
    )
