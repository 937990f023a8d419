"""Keywords that no request data may hold (option `requestKeywordDenylist`)."""

import re
from collections.abc import Iterable, Iterator
from typing import cast

from parsepy import errors
from parsepy.types import JSONMapping, JSONValue

_NESTED = (dict, list)


class Denylist:
    """Rules `{key?, value?}`: texts are regular expressions of the operator, else equality."""

    __slots__ = ("_any_key", "_rules", "_value_rules")

    def __init__(self, rules: Iterable[JSONMapping]) -> None:
        self._rules = [dict(rule) for rule in rules if rule.get("key") or "value" in rule]
        keys = [rule["key"] for rule in self._rules if isinstance(rule.get("key"), str)]
        # One expression decides in most cases that no rule can apply to a key.
        self._any_key = re.compile("|".join(f"(?:{key})" for key in keys) or r"(?!)")
        self._value_rules = [rule for rule in self._rules if not rule.get("key")]

    def check(self, data: JSONMapping) -> None:
        """Raises 105 on a hit anywhere in `data`, for the first rule that has one."""
        if not self._is_suspect(data):
            return
        for rule in self._rules:
            if any(_hits(rule, key, value) for key, value in _entries(data)):
                raise errors.prohibited_keyword(rule)

    def _is_suspect(self, data: JSONMapping) -> bool:
        """Whether a rule might apply; in most cases the keys alone show that none does."""
        if self._value_rules:
            return True
        pending: list[JSONValue] = [cast("JSONValue", data)]
        while pending:
            value = pending.pop()
            if isinstance(value, dict):
                if any(map(self._any_key.search, value)):
                    return True
                value = list(value.values())
            if isinstance(value, list):
                pending += [child for child in value if isinstance(child, _NESTED)]
        return False


def _entries(data: JSONMapping) -> Iterator[tuple[str | None, JSONValue]]:
    """Every key with its value and every list item, at any depth."""
    pending: list[JSONValue] = [dict(data)]
    while pending:
        value = pending.pop()
        children: Iterable[tuple[str | None, JSONValue]] = ()
        if isinstance(value, dict):
            children = value.items()
        elif isinstance(value, list):
            children = ((None, item) for item in value)
        for key, child in children:
            yield key, child
            if isinstance(child, dict | list):
                pending.append(child)


def _hits(rule: JSONMapping, key: str | None, value: JSONValue) -> bool:
    if rule.get("key") and (key is None or not _same(key, rule["key"])):
        return False
    return "value" not in rule or _same(value, rule["value"])


def _same(value: JSONValue, expected: JSONValue) -> bool:
    if isinstance(value, str) and isinstance(expected, str):
        return re.search(expected, value) is not None
    return type(value) is type(expected) and value == expected
