"""Bounds of queries and requests, and which routes and headers are open."""

from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec
from typing import Final

from parsepy.options.definition import Kind
from parsepy.options.definitions.limits import REQUEST_COMPLEXITY
from parsepy.options.errors import OptionsError
from parsepy.options.patterns import compile_pattern
from parsepy.options.validation.rules import (
    is_array,
    is_boolean,
    is_integer,
    is_number,
    is_object,
    is_set,
    require,
)

_REDIS_SCHEMES: Final = ("redis://", "rediss://", "unix://")


def check_default_limit(values: Mapping[str, object]) -> None:
    limit = values["defaultLimit"]
    if not is_number(limit):
        raise OptionsError("Default limit must be a number.")
    require(limit > 0, "Default limit must be a value greater than 0.")


def check_max_limit(values: Mapping[str, object]) -> None:
    limit = values.get("maxLimit")
    require(not is_number(limit) or limit > 0, "Max limit must be a value greater than 0.")


def check_allow_headers(values: Mapping[str, object]) -> None:
    headers = values.get("allowHeaders")
    if headers is None:
        return
    if not is_array(headers):
        raise OptionsError("Allow headers must be an array")
    for header in headers:
        if not isinstance(header, str):
            raise OptionsError("Allow headers must only contain strings")
        require(bool(header.strip()), "Allow headers must not contain empty strings")


def check_idempotency(values: Mapping[str, object]) -> None:
    options = values["idempotencyOptions"]
    if not is_object(options):
        return
    ttl = options.get("ttl")
    if ttl is not None:
        if not is_number(ttl):
            raise OptionsError("idempotency TTL value must be a number")
        require(ttl > 0, "idempotency TTL value must be greater than 0 seconds")
    paths = options.get("paths")
    require(
        not is_set(paths) or (is_array(paths) and all(isinstance(path, str) for path in paths)),
        "idempotency paths must be of an array of strings",
    )
    if is_array(paths):
        check_patterns("idempotency paths", paths)


def check_patterns(name: str, patterns: Iterable[object]) -> None:
    for pattern in patterns:
        try:
            compile_pattern(str(pattern))
        except ValueError:
            raise OptionsError(f'{name} contains an invalid regex pattern: "{pattern}".') from None


def check_request_complexity(values: Mapping[str, object]) -> None:
    limits = values["requestComplexity"]
    if not is_object(limits):
        raise OptionsError("requestComplexity must be an object.")
    known = {option.name: option for option in REQUEST_COMPLEXITY.options}
    for name in limits:
        require(name in known, f"requestComplexity contains unknown property '{name}'.")
    for name, option in known.items():
        value = limits.get(name)
        if value is None:
            continue
        if option.kind is Kind.BOOLEAN:
            require(is_boolean(value), f"requestComplexity.{name} must be a boolean.")
        else:
            require(
                is_integer(value) and (value >= 1 or value == -1),
                f"requestComplexity.{name} must be a positive integer or -1 to disable.",
            )


def check_redis(values: Mapping[str, object]) -> None:
    urls = [url for url in _redis_urls(values) if is_set(url)]
    for url in urls:
        require(
            isinstance(url, str) and url.startswith(_REDIS_SCHEMES),
            "redisUrl must be an address such as redis://localhost:6379.",
        )
    require(
        not urls or find_spec("redis") is not None,
        "redisUrl needs the Redis client: pip install 'parsepy-server[redis]'.",
    )


def _redis_urls(values: Mapping[str, object]) -> Iterator[object]:
    yield values.get("redisUrl")
    rules = values.get("rateLimit")
    for rule in rules if is_array(rules) else (rules,):
        if is_object(rule):
            yield rule.get("redisUrl")


def check_route_allow_list(values: Mapping[str, object]) -> None:
    name = "Parse Server option routeAllowList"
    patterns = values.get("routeAllowList")
    if patterns is None:
        return
    if not is_array(patterns):
        raise OptionsError(f"{name} must be an array of strings.")
    for pattern in patterns:
        if not isinstance(pattern, str):
            raise OptionsError(f"{name} contains a non-string value.")
        check_patterns(name, [pattern])
