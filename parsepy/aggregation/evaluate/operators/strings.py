"""Texts. Positions count characters (CP) or UTF-8 bytes; case is that of ASCII, as in MongoDB."""

from collections.abc import Callable, Mapping
from typing import Final

from parsepy.aggregation.evaluate.expressions import (
    Expression,
    Operator,
    Scope,
    Variables,
    compile_expression,
)
from parsepy.aggregation.evaluate.operators.operands import (
    arguments,
    binary,
    named,
    unary,
    variadic,
)
from parsepy.aggregation.evaluate.operators.texts import text_of
from parsepy.aggregation.evaluate.values import (
    MAX_TEXT,
    Document,
    Value,
    bounded_text,
    fail,
    is_nullish,
    type_name,
)
from parsepy.query.regex import compile_pattern
from parsepy.types import JSONValue

_SPACE: Final = "\0\t\n\v\f\r \u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B)))
_OPTIONS: Final = frozenset("imsxu")
_LOWER: Final = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
_UPPER: Final = {lower: upper for upper, lower in _LOWER.items()}


def _concat(given: list[Value]) -> Value:
    parts = []
    for value in given:
        if is_nullish(value):
            return None
        if not isinstance(value, str):
            fail(f"$concat only supports strings, not {type_name(value)}")
        parts.append(value)
    return bounded_text("".join(parts))


def _whole_number(name: str, what: str, value: Value) -> int:
    if not isinstance(value, int | float) or isinstance(value, bool) or value != int(value):
        fail(f"{name}: {what} must be a whole number (is {type_name(value)})")
    return int(value)


def _substring(name: str, to_units: Callable[[str], bytes | str]) -> Operator:
    """Both kinds: a text is itself in characters, or its UTF-8 bytes."""

    def compute(given: list[Value]) -> Value:
        value, start, length = given
        units = to_units(text_of(name, value))
        first = _whole_number(name, "the starting index", start)
        count = _whole_number(name, "the length", length)
        if first < 0:
            fail(f"{name}: the starting index must be non-negative.")
        if count < 0:
            if name == "$substrCP":
                fail("$substrCP: the length must be a nonnegative integer.")
            count = len(units)
        part = units[first : first + count]
        if isinstance(part, str):
            return part
        try:
            return part.decode()
        except UnicodeDecodeError:
            fail(f"{name}: Invalid range, a character would be cut in the middle.")

    return variadic(name, compute, 3, 3)


def _split(value: Value, separator: Value) -> Value:
    if is_nullish(value) or is_nullish(separator):
        return None
    if not isinstance(value, str):
        fail(f"$split requires an expression that evaluates to a string, found: {type_name(value)}")
    if not isinstance(separator, str):
        fail(f"$split requires a string as its second argument, found: {type_name(separator)}")
    if not separator:
        fail("$split requires a non-empty separator")
    return [*value.split(separator)]


def _trim(name: str, strip: Callable[[str, str], str]) -> Operator:
    def compute(given: Mapping[str, Value]) -> Value:
        value, chars = given["input"], given.get("chars", _SPACE)
        if is_nullish(value) or is_nullish(chars):
            return None
        if not isinstance(value, str):
            fail(f"{name} requires its input to be a string, got {type_name(value)}")
        if not isinstance(chars, str):
            fail(f"{name} requires 'chars' to be a string, got {type_name(chars)}")
        return strip(value, chars) if chars else value

    return named(name, compute, ("input",), ("chars",))


def _length(name: str, measure: Callable[[str], int]) -> Operator:
    def compute(value: Value) -> Value:
        if not isinstance(value, str):
            fail(f"{name} requires a string argument, found: {type_name(value)}")
        return measure(value)

    return unary(name, compute)


def _index(name: str, to_units: Callable[[str], bytes | str]) -> Operator:
    def compute(given: list[Value]) -> Value:
        value, wanted, *limits = given
        if is_nullish(value):
            return None
        if not isinstance(value, str) or not isinstance(wanted, str):
            odd = wanted if isinstance(value, str) else value
            fail(f"{name} requires strings as its first two arguments, found: {type_name(odd)}")
        units = to_units(value)
        start = _position(name, limits[0]) if limits else 0
        end = min(_position(name, limits[1]), len(units)) if len(limits) > 1 else len(units)
        if start > end:
            return -1
        sought = to_units(wanted)
        if isinstance(units, str) and isinstance(sought, str):
            return units.find(sought, start, end)
        assert isinstance(units, bytes)
        assert isinstance(sought, bytes)
        return units.find(sought, start, end)

    return variadic(name, compute, 2, 4)


def _position(name: str, value: Value) -> int:
    position = _whole_number(name, "an index", value)
    if position < 0:
        fail(f"{name} requires nonnegative indexes, found: {position}")
    return position


def _compare_folded(left: Value, right: Value) -> Value:
    first, second = (text_of("$strcasecmp", value).translate(_UPPER) for value in (left, right))
    return (first > second) - (first < second)


def _replace(name: str, most: int) -> Operator:
    def compute(given: Mapping[str, Value]) -> Value:
        texts = []
        for key in ("input", "find", "replacement"):
            value = given[key]
            if not isinstance(value, str) and not is_nullish(value):
                fail(f"{name} requires that '{key}' be a string, found: {type_name(value)}")
            texts.append(value)
        if any(map(is_nullish, texts)):
            return None
        text, sought, replacement = map(str, texts)
        if len(text) + text.count(sought) * len(replacement) > MAX_TEXT:
            fail("A text that the pipeline makes is too long.")
        return text.replace(sought, replacement, most)

    return named(name, compute, ("input", "find", "replacement"))


def _regex_match(operand: JSONValue, scope: Scope) -> Expression:
    given = arguments("$regexMatch", operand, ("input", "regex"), ("options",))
    subject = compile_expression(given["input"], scope)
    regex = compile_expression(given["regex"], scope)
    options = compile_expression(given.get("options"), scope)

    def evaluate(document: Document, variables: Variables) -> Value:
        value, pattern = subject(document, variables), regex(document, variables)
        flags = options(document, variables)
        if not isinstance(value, str) and not is_nullish(value):
            fail(f"$regexMatch needs 'input' to be of type string, found {type_name(value)}")
        if not isinstance(pattern, str) and not is_nullish(pattern):
            fail("$regexMatch needs 'regex' to be of type string or regex")
        if not isinstance(flags, str) and not is_nullish(flags):
            fail("$regexMatch needs 'options' to be of type string")
        if not isinstance(value, str) or not isinstance(pattern, str):
            return False
        chosen = flags if isinstance(flags, str) else ""
        if not _OPTIONS.issuperset(chosen) or "\0" in pattern:
            fail(f"$regexMatch invalid flag in regex options: {chosen}")
        return compile_pattern(pattern, chosen).search(value)

    return evaluate


def _case(name: str, table: Mapping[int, int]) -> Operator:
    return unary(name, lambda value: text_of(name, value).translate(table))


OPERATORS: Final[dict[str, Operator]] = {
    "$concat": variadic("$concat", _concat),
    "$substr": _substring("$substr", str.encode),
    "$substrBytes": _substring("$substrBytes", str.encode),
    "$substrCP": _substring("$substrCP", str),
    "$toLower": _case("$toLower", _LOWER),
    "$toUpper": _case("$toUpper", _UPPER),
    "$split": binary("$split", _split),
    "$trim": _trim("$trim", str.strip),
    "$ltrim": _trim("$ltrim", str.lstrip),
    "$rtrim": _trim("$rtrim", str.rstrip),
    "$strLenCP": _length("$strLenCP", len),
    "$strLenBytes": _length("$strLenBytes", lambda text: len(text.encode())),
    "$indexOfCP": _index("$indexOfCP", str),
    "$indexOfBytes": _index("$indexOfBytes", str.encode),
    "$strcasecmp": binary("$strcasecmp", _compare_folded),
    "$replaceOne": _replace("$replaceOne", 1),
    "$replaceAll": _replace("$replaceAll", -1),
    "$regexMatch": _regex_match,
}
