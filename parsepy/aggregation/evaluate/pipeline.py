"""Pipelines → one function that streams documents through their stages."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias

import orjson

from parsepy import errors
from parsepy.aggregation.evaluate import group, lookup, stages, unwind
from parsepy.aggregation.evaluate.expressions import (
    Scope,
    Variables,
    first_variables,
)
from parsepy.aggregation.evaluate.operators import SCOPE
from parsepy.aggregation.evaluate.stages import Documents, Stage
from parsepy.aggregation.evaluate.values import Document, fail, is_object
from parsepy.types import JSONObject, JSONValue

Pipeline: TypeAlias = Callable[[Documents, Variables], Documents]
Collections: TypeAlias = Callable[[str], Callable[[], list[Document]]]
"""From the name of a collection to a function that reads it; asked while a pipeline is compiled."""
Evaluation: TypeAlias = Callable[[Iterable[Document]], Iterable[Document]]

_SIMPLE: Final[dict[str, Callable[[JSONValue, Scope], Stage]]] = {
    "$match": stages.match,
    "$project": stages.project,
    "$unset": stages.unset,
    "$addFields": stages.add_fields,
    "$set": stages.add_fields,
    "$replaceRoot": stages.replace_root,
    "$replaceWith": stages.replace_with,
    "$limit": stages.limit,
    "$skip": stages.skip,
    "$sample": stages.sample,
    "$count": stages.count,
    "$sort": stages.sort,
    "$unwind": unwind.unwind,
    "$group": group.group,
    "$sortByCount": group.sort_by_count,
    "$bucket": group.bucket,
}
_UNSUPPORTED: Final = frozenset(
    (
        "$bucketAuto $changeStream $collStats $currentOp $densify $documents $fill $geoNear"
        " $graphLookup $indexStats $listLocalSessions $listSessions $merge $out $planCacheStats"
        " $redact $search $searchMeta $setWindowFields $vectorSearch"
    ).split()
)
STAGES: Final = (*_SIMPLE, "$facet", "$lookup", "$unionWith")
MOST_STAGES: Final = 1000


class PipelineCompiler:
    """Compiles one pipeline with all that are nested in it."""

    __slots__ = ("collection",)

    def __init__(self, collections: Collections) -> None:
        self.collection: Final = collections

    def nested(self, pipeline: JSONValue, scope: Scope) -> Pipeline:
        """Raises 102 for an unknown stage or a stage of the wrong form."""
        if not isinstance(pipeline, list):
            fail("A pipeline must be an array of stages")
        if len(pipeline) > MOST_STAGES:
            fail(f"Pipeline length must be no longer than {MOST_STAGES} stages.")
        compiled = [self._stage(stage, scope) for stage in pipeline]

        def run(documents: Documents, variables: Variables) -> Documents:
            for stage in compiled:
                documents = stage(documents, variables)
            return documents

        return run

    def _stage(self, stage: JSONValue, scope: Scope) -> Stage:
        if not is_object(stage) or len(stage) != 1:
            fail("A pipeline stage specification object must contain exactly one field.")
        ((name, spec),) = stage.items()
        simple = _SIMPLE.get(name)
        if simple is not None:
            return simple(spec, scope)
        if name == "$facet":
            return self._facet(spec, scope)
        if name == "$lookup":
            return lookup.lookup(spec, scope, self)
        if name == "$unionWith":
            return lookup.union_with(spec, scope, self)
        if name in _UNSUPPORTED:
            fail(f"The aggregation stage {name} is not supported by this store.")
        raise errors.invalid_query(f"Unrecognized pipeline stage name: '{name}'")

    def _facet(self, spec: JSONValue, scope: Scope) -> Stage:
        if not is_object(spec) or not spec:
            shown = orjson.dumps(spec).decode()
            fail(f"the $facet specification must be a non-empty object, but found: $facet: {shown}")
        for name, pipeline in spec.items():
            stages.field_name("a $facet field", name)
            if isinstance(pipeline, list) and any(
                is_object(stage) and "$facet" in stage for stage in pipeline
            ):
                fail("$facet is not allowed to be used within a $facet stage")
        pipelines = {name: self.nested(pipeline, scope) for name, pipeline in spec.items()}

        def split(documents: Documents, variables: Variables) -> Documents:
            held = list(documents)
            row: JSONObject = {}
            for name, run in pipelines.items():
                row[name] = [*run(held, variables)]
            return [row]

        return split


def compile_pipeline(pipeline: Sequence[JSONObject], collections: Collections) -> Evaluation:
    """A function from documents to results, lazy where the stages are.

    Raises 102; so does the function, for documents that an expression does not take. Documents
    are never changed, results may share parts with them.
    """
    run = PipelineCompiler(collections).nested([*pipeline], SCOPE)

    def evaluate(documents: Iterable[Document]) -> Iterable[Document]:
        return run(documents, first_variables())

    return evaluate
