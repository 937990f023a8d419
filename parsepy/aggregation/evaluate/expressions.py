"""Expressions → functions of a document and the variables in sight."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from parsepy import errors
from parsepy.aggregation.evaluate.paths import parts_of, read
from parsepy.aggregation.evaluate.values import Document, Value, fail, or_null
from parsepy.protocol import dates, values
from parsepy.types import MISSING, JSONObject, JSONValue, Missing

Variables: TypeAlias = Mapping[str, Value]
Expression: TypeAlias = Callable[[Document, Variables], Value]


class Scope:
    """What an expression may name while it is compiled: operators and variables."""

    __slots__ = ("names", "operators", "unsupported")

    def __init__(
        self,
        operators: Mapping[str, "Operator"],
        unsupported: frozenset[str],
        names: frozenset[str] = frozenset(),
    ) -> None:
        self.operators: Final = operators
        self.unsupported: Final = unsupported
        """Operators that MongoDB knows beside them."""
        self.names: Final = names

    def with_names(self, *names: str) -> "Scope":
        for name in names:
            if not (name and (name[0].islower() or not name[0].isascii())):
                fail(f"'{name}' starts with an invalid character for a user variable name")
        return Scope(self.operators, self.unsupported, self.names | frozenset(names))


Operator: TypeAlias = Callable[[JSONValue, Scope], Expression]

_TYPED: Final = ("Date", "Bytes")


def first_variables() -> dict[str, Value]:
    """What every pipeline knows when it starts."""
    return {"NOW": values.date(dates.now())}


def compile_expression(expression: JSONValue, scope: Scope) -> Expression:
    """Raises 102 for an expression that is not known or has a wrong form."""
    if type(expression) is str and expression[:1] == "$":
        return _path(expression, scope)
    if type(expression) is list:
        return _list([compile_expression(item, scope) for item in expression])
    if type(expression) is dict and expression.get("__type") not in _TYPED:
        return _object(expression, scope)
    return lambda _document, _variables: expression


def constant(expression: JSONValue, scope: Scope) -> Value:
    """The value of an expression that names no field; MISSING is possible (`$$REMOVE`)."""
    return compile_expression(expression, scope)({}, first_variables())


def _path(expression: str, scope: Scope) -> Expression:
    if expression[:2] == "$$":
        return _variable(expression, scope)
    parts = parts_of(expression[1:])
    if len(parts) == 1:
        name = parts[0]
        return lambda document, _variables: document.get(name, MISSING)
    return lambda document, _variables: read(document, parts)


def _variable(expression: str, scope: Scope) -> Expression:
    name, _, rest = expression[2:].partition(".")
    parts = parts_of(rest) if rest else ()
    if name in ("ROOT", "CURRENT"):
        if not parts:
            return lambda document, _variables: document
        return lambda document, _variables: read(document, parts)
    if name == "REMOVE":
        return lambda _document, _variables: MISSING
    if name != "NOW" and name not in scope.names:
        fail(f"Use of undefined variable: {name}")
    if not parts:
        return lambda _document, variables: variables[name]
    return lambda _document, variables: read(variables[name], parts)


def _list(items: list[Expression]) -> Expression:
    return lambda document, variables: [or_null(item(document, variables)) for item in items]


def _object(expression: JSONObject, scope: Scope) -> Expression:
    operators = [key for key in expression if key[:1] == "$"]
    if operators:
        if len(expression) > 1:
            fail(
                "an expression specification must contain exactly one field, the name of the"
                f" expression. Found {len(expression)} fields"
            )
        (name,) = operators
        return _operator(name, expression[name], scope)
    for name in expression:
        if "." in name or not name:
            fail(f"FieldPath field names may not contain '.' and not be empty: '{name}'")
    children = {name: compile_expression(child, scope) for name, child in expression.items()}

    def build(document: Document, variables: Variables) -> Value:
        made: JSONObject = {}
        for name, child in children.items():
            value = child(document, variables)
            if not isinstance(value, Missing):
                made[name] = value
        return made

    return build


def _operator(name: str, operand: JSONValue, scope: Scope) -> Expression:
    build = scope.operators.get(name)
    if build is not None:
        return build(operand, scope)
    if name in scope.unsupported:
        fail(f"The expression {name} is not supported by this store.")
    raise errors.invalid_query(f"Unrecognized expression '{name}'")
