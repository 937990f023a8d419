"""Many updates in three round trips instead of one each.

The database tells of a bulk write how many updates found their object, not which. So it is asked
before which objects are selected; when the numbers do not agree after all, because another writer
was faster, it is asked again. A transaction would know, but would hold up all other writers.
"""

from collections.abc import Sequence
from typing import Any, Final

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from parsepy import errors
from parsepy.errors import DuplicateValue, ParseError
from parsepy.protocol.operations import SetValue, Unset
from parsepy.schema.classes import ClassSchema
from parsepy.storage.mongodb.bindings import Binding
from parsepy.storage.mongodb.documents import Document
from parsepy.storage.mongodb.errors import READING, WRITING, refusals
from parsepy.storage.mongodb.update import compile_update
from parsepy.storage.mongodb.where import compile_where
from parsepy.storage.updates import Outcome, Update

WORTH_IT: Final = 8


def suits(updates: Sequence[Update]) -> bool:
    """Whether they can be done at once: many, each of another object, and none whose result the
    writer has to be told exactly (an Increment), as another's could be read afterwards."""
    return len({each.object_id for each in updates}) == len(updates) >= WORTH_IT and all(
        isinstance(operation, SetValue | Unset)
        for each in updates
        for operation in each.changes.values()
    )


async def update_at_once(
    schema: ClassSchema, binding: Binding, updates: Sequence[Update]
) -> list[Outcome]:
    conditions = [compile_where(binding.columns, each.where) for each in updates]
    ids = [binding.columns.id(each.object_id) for each in updates]
    selected = await _ids_of(binding, conditions)
    chosen = [place for place, object_id in enumerate(ids) if object_id in selected]
    outcomes: list[Outcome] = [None] * len(updates)
    if not chosen:
        return outcomes
    requests = [
        UpdateOne(conditions[place], compile_update(binding.columns, updates[place].changes))
        for place in chosen
    ]
    matched, refused = await _write(binding, requests)
    for index, refusal in refused.items():
        outcomes[chosen[index]] = refusal
    done = [place for index, place in enumerate(chosen) if index not in refused]
    if matched < len(done):
        still = await _ids_of(binding, [conditions[place] for place in done])
        done = [place for place in done if ids[place] in still]
        if len(done) != matched:
            # Nobody can say whose update it was that found nothing: none is called done.
            for place in done:
                outcomes[place] = errors.database_error()
            return outcomes
    after = await _documents(binding, [ids[place] for place in done])
    for place in done:
        document = after.get(ids[place])
        outcomes[place] = None if document is None else binding.decode(document)
    return outcomes


async def _write(
    binding: Binding, requests: list[UpdateOne]
) -> tuple[int, dict[int, DuplicateValue | ParseError]]:
    """How many found their object, and the refusals by their place."""
    try:
        with WRITING:
            result = await binding.collection.bulk_write(requests, ordered=False)
    except BulkWriteError as error:
        return error.details["nMatched"], dict(refusals(error))
    return result.matched_count, {}


async def _ids_of(binding: Binding, conditions: Sequence[Document]) -> set[Any]:
    with READING:
        found = await binding.collection.find(_any_of(conditions), {"_id": 1}).to_list()
    return {document["_id"] for document in found}


async def _documents(binding: Binding, ids: list[Any]) -> dict[Any, Document]:
    with READING:
        found = await binding.collection.find({"_id": {"$in": ids}}).to_list()
    return {document["_id"]: document for document in found}


def _any_of(conditions: Sequence[Document]) -> Document:
    """Mostly they differ in the id alone; then one condition serves, which is planned once."""
    first, *others = [
        {column: value for column, value in condition.items() if column != "_id"}
        for condition in conditions
    ]
    ids = [condition.get("_id") for condition in conditions]
    if all(isinstance(each, str) for each in ids) and all(other == first for other in others):
        return {"_id": {"$in": ids}, **first}
    return {"$or": list(conditions)}
