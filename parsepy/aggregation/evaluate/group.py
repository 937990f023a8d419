"""`$group` and the stages that are one: `$sortByCount`, `$bucket`."""

from bisect import bisect_right
from collections.abc import Hashable
from itertools import pairwise
from typing import Final

from parsepy.aggregation.evaluate.accumulators import ACCUMULATORS, Accumulator, Maker
from parsepy.aggregation.evaluate.expressions import (
    Expression,
    Scope,
    Variables,
    compile_expression,
    constant,
)
from parsepy.aggregation.evaluate.stages import Documents, Stage, arranged
from parsepy.aggregation.evaluate.values import (
    Document,
    Value,
    fail,
    identity,
    is_object,
    or_null,
    type_name,
)
from parsepy.query.sort_keys import sort_key
from parsepy.query.stored import kind
from parsepy.types import MISSING, JSONObject, JSONValue, Missing

_Fields = list[tuple[str, Maker, Expression]]

_UNSUPPORTED: Final = frozenset(
    (
        "$accumulator $bottom $bottomN $firstN $lastN $maxN $median $minN $percentile $top $topN"
    ).split()
)
_COUNTED: Final[JSONObject] = {"$sum": 1}


def group(spec: JSONValue, scope: Scope) -> Stage:
    if not is_object(spec):
        fail("a group's fields must be specified in an object")
    if "_id" not in spec:
        fail("a group specification must include an _id")
    key = compile_expression(spec["_id"], scope)
    fields = compile_fields({name: value for name, value in spec.items() if name != "_id"}, scope)
    return lambda documents, variables: gather(documents, variables, key, fields)


def compile_fields(spec: JSONObject, scope: Scope) -> _Fields:
    """Raises 102 for what is no accumulator."""
    return [_field(name, value, scope) for name, value in spec.items()]


def _field(name: str, value: JSONValue, scope: Scope) -> tuple[str, Maker, Expression]:
    if "." in name:
        fail(f"The field name '{name}' cannot contain '.'")
    if name.startswith("$"):
        fail(f"The field name '{name}' cannot be an operator name")
    if not is_object(value) or len(value) == 0:
        fail(f"The field '{name}' must be an accumulator object")
    if len(value) > 1:
        fail(f"The field '{name}' must specify one accumulator")
    ((operator, operand),) = value.items()
    if operator == "$count":
        if operand != {}:
            fail("$count takes no arguments, i.e. $count:{}")
        operator, operand = "$sum", 1
    make = ACCUMULATORS.get(operator)
    if make is None:
        if operator in _UNSUPPORTED:
            fail(f"The accumulator {operator} is not supported by this store.")
        fail(f"unknown group operator '{operator}'")
    if isinstance(operand, list):
        fail(f"The {operator} accumulator is a unary operator")
    return name, make, compile_expression(operand, scope)


def gather(
    documents: Documents, variables: Variables, key: Expression, fields: _Fields
) -> Documents:
    expressions = [expression for _, _, expression in fields]
    groups: dict[Hashable, tuple[JSONValue, list[Accumulator]]] = {}
    for document in documents:
        value = or_null(key(document, variables))
        place = identity(value)
        found = groups.get(place)
        if found is None:
            found = groups[place] = (value, [make() for _, make, _ in fields])
        for accumulator, expression in zip(found[1], expressions, strict=True):
            accumulator.add(expression(document, variables))
    names = [name for name, _, _ in fields]
    for value, accumulators in groups.values():
        row: Document = {"_id": value}
        for name, accumulator in zip(names, accumulators, strict=True):
            row[name] = accumulator.result()
        yield row


def sort_by_count(spec: JSONValue, scope: Scope) -> Stage:
    if not isinstance(spec, str) and not is_object(spec):
        fail("the sortByCount field must be specified as a string or as an object")
    is_expression = isinstance(spec, str) and spec.startswith("$")
    if not is_expression and not (is_object(spec) and next(iter(spec), "").startswith("$")):
        fail("the sortByCount field must be defined as a $-prefixed path or an expression")
    key = compile_expression(spec, scope)
    fields = compile_fields({"count": _COUNTED}, scope)

    def count(documents: Documents, variables: Variables) -> Documents:
        return arranged(list(gather(documents, variables, key, fields)), [("count", True)])

    return count


def bucket(spec: JSONValue, scope: Scope) -> Stage:
    if not is_object(spec):
        fail("Argument to $bucket stage must be an object")
    for name in spec:
        if name not in ("groupBy", "boundaries", "default", "output"):
            fail(f"Unrecognized option to $bucket: {name}.")
    if "groupBy" not in spec or "boundaries" not in spec:
        fail("$bucket requires 'groupBy' and 'boundaries' to be specified.")
    by = compile_expression(spec["groupBy"], scope)
    boundaries = _boundaries(spec["boundaries"], scope)
    default = _default(spec, boundaries, scope)
    output = spec.get("output", {"count": _COUNTED})
    if not is_object(output):
        fail("The $bucket 'output' field must be an object")
    fields = compile_fields(output, scope)
    keys = [sort_key(boundary) for boundary in boundaries]

    def key(document: Document, variables: Variables) -> Value:
        value = by(document, variables)
        place = 0 if isinstance(value, Missing) else bisect_right(keys, sort_key(value))
        if 0 < place < len(keys):
            return boundaries[place - 1]
        if isinstance(default, Missing):
            fail(
                "$switch could not find a matching branch for an input, and no default was"
                " specified."
            )
        return default

    def sort(documents: Documents, variables: Variables) -> Documents:
        return arranged(list(gather(documents, variables, key, fields)), [("_id", False)])

    return sort


def _boundaries(value: JSONValue, scope: Scope) -> list[JSONValue]:
    if not isinstance(value, list) or len(value) < 2:
        fail("The $bucket 'boundaries' field must be an array of at least 2 values")
    boundaries = [or_null(constant(item, scope)) for item in value]
    for place, (lower, upper) in enumerate(pairwise(boundaries)):
        if kind(lower) != kind(upper):
            fail(
                "All values in the the 'boundaries' option to $bucket must have the same type."
                f" Found conflicting types {type_name(lower)} and {type_name(upper)}."
            )
        if sort_key(lower) >= sort_key(upper):
            fail(
                "The 'boundaries' option to $bucket must be sorted, but elements"
                f" {place} and {place + 1} are not in ascending order"
                f" ({lower} is not less than {upper})."
            )
    return boundaries


def _default(spec: JSONObject, boundaries: list[JSONValue], scope: Scope) -> Value:
    if "default" not in spec:
        return MISSING
    default = or_null(constant(spec["default"], scope))
    same_kind = kind(default) == kind(boundaries[0])
    if same_kind and sort_key(boundaries[0]) <= sort_key(default) < sort_key(boundaries[-1]):
        fail(
            "The $bucket 'default' field must be less than the lowest boundary or greater than or"
            f" equal to the highest boundary, not {type_name(default)}"
        )
    return default
