"""SQL conditions on one field, where SQL can say exactly what MongoDB means; else `None`.

A condition may be NULL for false. Text that a client sent is a parameter, never SQL.
"""

from collections.abc import Iterable, Sequence
from typing import Final, Self

from msgspec import Struct

from parsepy.query.stored import Stored
from parsepy.storage.sqlite import names
from parsepy.storage.sqlite.encode import json_text
from parsepy.storage.sqlite.functions import FOLD
from parsepy.storage.sqlite.sql_types import Parameter

MOST_ALTERNATIVES: Final = 16
"""How many element conditions one statement may list: beyond, its text would never repeat."""

_MOST_IN_ROW: Final = 100
_ELEMENT_IN: Final = "e.type = 'text' AND e.value IN (SELECT value FROM json_each(?))"


class Condition(Struct, frozen=True):
    sql: str
    parameters: tuple[Parameter, ...] = ()

    def negated(self) -> Self:
        # NULL IS NOT TRUE is true: what the condition does not find, its negation does.
        return type(self)(f"({self.sql}) IS NOT TRUE", self.parameters)


ALWAYS: Final = Condition("1")
NEVER: Final = Condition("0")


def joined(conditions: Sequence[Condition], operator: str) -> Condition:
    """The conditions under `AND` or `OR`."""
    if len(conditions) == 1:
        return conditions[0]
    if len(conditions) > _MOST_IN_ROW:
        # A row of a thousand would exceed the depth that SQLite allows an expression.
        middle = len(conditions) // 2
        halves = joined(conditions[:middle], operator), joined(conditions[middle:], operator)
        return joined(halves, operator)
    return Condition(
        f" {operator} ".join(f"({condition.sql})" for condition in conditions),
        tuple(parameter for condition in conditions for parameter in condition.parameters),
    )


def comparison(expression: str, operator: str, operand: Parameter, *, fold: bool) -> Condition:
    if fold and isinstance(operand, str):
        return Condition(f"{FOLD}({expression}) {operator} {FOLD}(?)", (operand,))
    return Condition(f"{expression} {operator} ?", (operand,))


def one_of(expression: str, operands: Sequence[Parameter], *, fold: bool) -> Condition:
    """The list is one parameter: the statement's text is the same for every length of it."""
    if not operands:
        return NEVER
    if len(operands) == 1:
        return comparison(expression, "=", operands[0], fold=fold)
    listed = (json_text(operands),)
    if fold and isinstance(operands[0], str):
        items = f"SELECT {FOLD}(value) FROM json_each(?)"
        return Condition(f"{FOLD}({expression}) IN ({items})", listed)
    return Condition(f"{expression} IN (SELECT value FROM json_each(?))", listed)


def starts_with(expression: str, prefix: str) -> Condition:
    """A range, which an index can serve. Texts order by code point, as their UTF-8 bytes do."""
    end = _following(prefix)
    if end is None:
        return Condition(f"{expression} >= ?", (prefix,))
    return Condition(f"{expression} >= ? AND {expression} < ?", (prefix, end))


def contains_one_of(field: str, values: Iterable[Stored]) -> Condition | None:
    """Whether the list in `field` has one of `values` as an element; not for lists and null."""
    texts: list[str] = []
    others: list[Condition] = []
    for value in values:
        if isinstance(value, str):
            texts.append(value)
            continue
        element = _element(value)
        if element is None or len(others) == MOST_ALTERNATIVES:
            return None
        others.append(element)
    if len(texts) == 1:
        others.append(Condition("e.type = 'text' AND e.value = ?", (texts[0],)))
    elif texts:
        others.append(Condition(_ELEMENT_IN, (json_text(texts),)))
    if not others:
        return NEVER
    wanted = joined(others, "OR")
    source = f"json_each(data, '{names.json_path(field)}') AS e"
    return Condition(f"EXISTS (SELECT 1 FROM {source} WHERE {wanted.sql})", wanted.parameters)


def _element(value: Stored) -> Condition | None:
    if isinstance(value, bool):
        return Condition(f"e.type = '{'true' if value else 'false'}'")
    if isinstance(value, int | float):
        return Condition("e.type IN ('integer', 'real') AND e.value = ?", (value,))
    if isinstance(value, dict):
        # Canonical values are equal exactly when their JSON texts are.
        text = json_text(value)
        return Condition("e.type = 'object' AND e.value = ?", (text,))
    return None


def _following(prefix: str) -> str | None:
    """The least text above every text with `prefix`; `None` when there is none."""
    head = prefix.rstrip("\U0010ffff")
    if not head:
        return None
    point = ord(head[-1]) + 1
    # Between the surrogates there are no characters.
    return head[:-1] + chr(0xE000 if point == 0xD800 else point)
