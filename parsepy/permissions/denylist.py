"""Keywords that no request data may hold (option `requestKeywordDenylist`)."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, cast

from parsepy import errors
from parsepy.options.patterns import Pattern, compile_pattern
from parsepy.types import JSONMapping, JSONValue

_NESTED: Final = (dict, list)
_PLAIN: Final = re.compile(r"\w+")


class Rule:
    """`{key?, value?}`: texts are regular expressions of the operator, else equality."""

    __slots__ = ("_key", "_value", "_values", "given")

    def __init__(self, given: JSONMapping) -> None:
        self.given = dict(given)
        self._key = _compiled(given.get("key") or None)
        self._values = "value" in given
        self._value = _compiled(given.get("value"))

    @property
    def names_keys(self) -> bool:
        return self._key is not None

    def hits(self, key: str | None, value: JSONValue) -> bool:
        if self._key is not None and not self.hits_key(key):
            return False
        return not self._values or _same(value, self.given["value"], self._value)

    def hits_key(self, key: str | None) -> bool:
        """A dotted key writes below each of its parts: each counts as a key of its own."""
        if key is None or self._key is None:
            return False
        search = self._key.search
        return search(key) is not None or ("." in key and any(map(search, key.split("."))))


class Denylist:
    """Raises `ValueError` for a rule whose pattern is none."""

    __slots__ = ("_pattern_rules", "_rules", "_value_rules", "_words")

    def __init__(self, rules: Iterable[JSONMapping]) -> None:
        self._rules = [Rule(rule) for rule in rules if _can_hit(rule)]
        self._value_rules = [rule for rule in self._rules if not rule.names_keys]
        keys = [rule.given["key"] for rule in self._rules if rule.names_keys]
        # The default's keys are plain words: looking for one in all keys of an object at once
        # costs next to nothing, and nearly always shows that no rule can apply.
        self._words = [key for key in keys if isinstance(key, str) and _PLAIN.fullmatch(key)]
        self._pattern_rules = [
            rule for rule in self._rules if rule.names_keys and rule.given["key"] not in self._words
        ]

    def check(self, data: JSONMapping) -> None:
        """Raises 105 on a hit anywhere in `data`, for the first rule that has one."""
        if not self._is_suspect(data):
            return
        for rule in self._rules:
            if any(rule.hits(key, value) for key, value in _entries(data)):
                raise errors.prohibited_keyword(rule.given)

    def _is_suspect(self, data: JSONMapping) -> bool:
        """Whether a rule might apply; in most cases the keys alone show that none does."""
        if self._value_rules:
            return True
        pending: list[JSONValue] = [cast("JSONValue", data)]
        while pending:
            value = pending.pop()
            if isinstance(value, dict):
                if self._names_a_word(value) or self._hits_a_pattern(value):
                    return True
                value = list(value.values())
            if isinstance(value, list):
                pending += [child for child in value if isinstance(child, _NESTED)]
        return False

    def _names_a_word(self, keys: Iterable[str]) -> bool:
        joined = "\0".join(keys)
        return any(word in joined for word in self._words)

    def _hits_a_pattern(self, keys: Iterable[str]) -> bool:
        rules = self._pattern_rules
        return bool(rules) and any(rule.hits_key(key) for key in keys for rule in rules)


def _can_hit(rule: JSONMapping) -> bool:
    """A key is always a text: a rule for another kind of key hits nothing."""
    key = rule.get("key") or None
    return isinstance(key, str) or (key is None and "value" in rule)


def _compiled(expected: JSONValue) -> Pattern | None:
    return compile_pattern(expected) if isinstance(expected, str) else None


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
            if isinstance(child, _NESTED):
                pending.append(child)


def _same(value: JSONValue, expected: JSONValue, pattern: Pattern | None) -> bool:
    if isinstance(value, str) and pattern is not None:
        return pattern.search(value) is not None
    return type(value) is type(expected) and value == expected
