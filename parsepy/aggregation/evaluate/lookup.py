"""`$lookup` and `$unionWith`: the stages that read other collections."""

from collections.abc import Callable, Hashable, Iterator
from typing import TYPE_CHECKING

from parsepy.aggregation.evaluate.expressions import (
    Expression,
    Scope,
    Variables,
    compile_expression,
)
from parsepy.aggregation.evaluate.paths import parts_of, put
from parsepy.aggregation.evaluate.stages import Documents, Stage
from parsepy.aggregation.evaluate.values import (
    Document,
    Value,
    fail,
    identity,
    is_object,
    type_name,
)
from parsepy.query.traversal import values_at
from parsepy.types import JSONObject, JSONValue, Missing

if TYPE_CHECKING:
    from parsepy.aggregation.evaluate.pipeline import Pipeline, PipelineCompiler

_OPTIONS = frozenset("from localField foreignField let pipeline as".split())


class Lookup:
    """A compiled `$lookup`. The foreign documents are read once, when the stage starts."""

    __slots__ = ("correlated", "foreign", "let", "local", "pipeline", "place", "read")

    def __init__(self, spec: JSONObject, scope: Scope, compiler: "PipelineCompiler") -> None:
        self.read = compiler.collection(_text(spec, "from"))
        self.place = parts_of(_text(spec, "as"))
        self.local = _path(spec, "localField")
        self.foreign = _path(spec, "foreignField")
        self.let = _let(spec, scope)
        inner = scope.with_names(*self.let)
        self.pipeline: Pipeline | None = None
        if "pipeline" in spec:
            self.pipeline = compiler.nested(spec["pipeline"], inner)
        # Without names of its own a sub-pipeline answers the same for every document.
        self.correlated = bool(self.let) or self.foreign is not None

    def __call__(self, documents: Documents, variables: Variables) -> Iterator[Document]:
        foreign = self.read()
        joined = self._index(foreign) if self.foreign is not None else None
        shared: list[JSONValue] | None = None
        for document in documents:
            found = foreign if joined is None else joined(document)
            if self.pipeline is None:
                yield put(document, self.place, [*found])
                continue
            if shared is None or self.correlated:
                bound = {name: value(document, variables) for name, value in self.let.items()}
                shared = [*self.pipeline(found, {**variables, **bound})]
            yield put(document, self.place, shared)

    def _index(self, foreign: list[Document]) -> Callable[[Document], list[Document]]:
        parts, local = self.foreign or (), self.local or ()
        places: dict[Hashable, list[int]] = {}
        for place, document in enumerate(foreign):
            for key in {_key(value) for value in values_at(document, parts)}:
                places.setdefault(key, []).append(place)

        def joined(document: Document) -> list[Document]:
            wanted = {_key(value) for value in _local_values(document, local)}
            found = {place for key in wanted for place in places.get(key, ())}
            return [foreign[place] for place in sorted(found)]

        return joined


def _key(value: Value) -> Hashable:
    return identity(None if isinstance(value, Missing) else value)


def _local_values(document: Document, parts: tuple[str, ...]) -> Iterator[Value]:
    """The elements of a list, not the list itself; without elements it counts as null."""
    for value in values_at(document, parts, elements=False):
        if isinstance(value, list):
            yield from value or (None,)
        else:
            yield value


def lookup(spec: JSONValue, scope: Scope, compiler: "PipelineCompiler") -> Stage:
    if not is_object(spec):
        fail(f"the $lookup stage specification must be an object, but found {type_name(spec)}")
    for key in spec:
        if key not in _OPTIONS:
            fail(f"unknown argument to $lookup: {key}")
    if "from" not in spec:
        fail("must specify 'pipeline' when 'from' is empty")
    if "as" not in spec:
        fail("must specify 'as' field for a $lookup")
    fields = {"localField", "foreignField"} & spec.keys()
    if len(fields) < 2 and "pipeline" not in spec:
        fail(
            "$lookup requires either 'pipeline' or both 'localField' and 'foreignField' to be"
            " specified"
        )
    if len(fields) == 1:
        fail("$lookup requires both or neither of 'localField' and 'foreignField' to be specified")
    return Lookup(spec, scope, compiler)


def union_with(spec: JSONValue, scope: Scope, compiler: "PipelineCompiler") -> Stage:
    given: JSONObject = {"coll": spec} if isinstance(spec, str) else {}
    if is_object(spec):
        given = spec
    for key in given:
        if key not in ("coll", "pipeline"):
            fail(f"BSON field '$unionWith.{key}' is an unknown field.")
    read = compiler.collection(_text(given, "coll"))
    pipeline = compiler.nested(given.get("pipeline", []), scope)

    def unite(documents: Documents, variables: Variables) -> Iterator[Document]:
        yield from documents
        yield from pipeline(read(), variables)

    return unite


def _text(spec: JSONObject, key: str) -> str:
    value = spec.get(key)
    if not isinstance(value, str) or not value:
        fail(f"argument '{key}' must be a string, found {type_name(value)}")
    return value


def _path(spec: JSONObject, key: str) -> tuple[str, ...] | None:
    return parts_of(_text(spec, key)) if key in spec else None


def _let(spec: JSONObject, scope: Scope) -> dict[str, Expression]:
    given = spec.get("let", {})
    if not is_object(given):
        fail("$lookup argument 'let' must be an object")
    return {name: compile_expression(value, scope) for name, value in given.items()}
