"""`rateLimit`: one rule or a list of them."""

from collections.abc import Mapping
from typing import Final

from parsepy.options.definitions.limits import RATE_LIMIT
from parsepy.options.errors import OptionsError
from parsepy.options.validation.limits import check_patterns
from parsepy.options.validation.path_pattern import fault_in_path
from parsepy.options.validation.rules import (
    is_array,
    is_boolean,
    is_number,
    is_object,
    is_set,
    require,
)

_KNOWN: Final = frozenset(option.name for option in RATE_LIMIT.options)
_ZONES: Final = ("global", "session", "user", "ip")


def check_rate_limit(values: Mapping[str, object]) -> None:
    rules = values["rateLimit"]
    if not is_set(rules):
        return
    if is_object(rules):
        check_rule(rules)
        return
    if not is_array(rules):
        raise OptionsError("rateLimit must be an array or object")
    for rule in rules:
        if not is_object(rule):
            raise OptionsError("rateLimit must be an array of objects")
        check_rule(rule)


def check_rule(rule: Mapping[str, object]) -> None:
    """Raises `OptionsError` for a rule that cannot be applied."""
    _check_path(rule.get("requestPath"))
    _check_number(rule, "requestTimeWindow")
    internal = rule.get("includeInternalRequests")
    require(
        not is_set(internal) or is_boolean(internal),
        "rateLimit.includeInternalRequests must be a boolean",
    )
    _check_number(rule, "requestCount")
    text = rule.get("errorResponseMessage")
    require(
        not is_set(text) or isinstance(text, str),
        "rateLimit.errorResponseMessage must be a string",
    )
    zone = rule.get("zone")
    require(
        not is_set(zone) or zone in _ZONES,
        "rateLimit.zone must be one of global, session, user, or ip",
    )
    methods = rule.get("requestMethods")
    if isinstance(methods, str):
        check_patterns("rateLimit.requestMethods", [methods])
    for name in rule:
        require(name in _KNOWN, f'Invalid rate limit option "{name}"')


def _check_path(path: object) -> None:
    require(path is not None, "rateLimit.requestPath must be defined")
    if not isinstance(path, str):
        raise OptionsError("rateLimit.requestPath must be a string")
    fault = fault_in_path(path)
    require(fault is None, f'rateLimit.requestPath "{path}" is not valid: {fault}')


def _check_number(rule: Mapping[str, object], name: str) -> None:
    value = rule.get(name)
    require(value is not None, f"rateLimit.{name} must be defined")
    require(is_number(value), f"rateLimit.{name} must be a number")
