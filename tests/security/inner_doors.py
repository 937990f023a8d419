"""Every place inside a request in which a class, one of its objects or a field can be named.

`doors.py` says how a request comes in; this says what it can ask for once it is in. Each way is a
path and parameters. `Box` objects point to the objects of the asked class and share its texts:

    Box {one: Pointer, all: [Pointer], text: String, some: Relation}
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from tests.support.local_app import LocalApp

BOX_FIELDS: Final = {"all": {"type": "Array"}, "text": {"type": "String"}}


@dataclass(frozen=True, slots=True)
class Way:
    name: str
    path: str
    parameters: dict[str, Any]
    permission: str = "find"
    """The operation on the asked class that it takes; a query for one id is a get."""


def pointer(class_name: str, object_id: str) -> dict[str, str]:
    return {"__type": "Pointer", "className": class_name, "objectId": object_id}


async def put_into_boxes(app: LocalApp, class_name: str, object_id: str, text: str) -> str:
    """A box around the object, and one for the text alone; the id of the former."""
    types = {"type": "Pointer", "targetClass": class_name}
    relation = {"type": "Relation", "targetClass": class_name}
    fields = {**BOX_FIELDS, "one": types, "some": relation}
    await app.ok("POST", "/schemas/Box", {"fields": fields}, master=True)
    target = pointer(class_name, object_id)
    related = {"__op": "AddRelation", "objects": [target]}
    await app.create("Box", {"text": text})
    return await app.create("Box", {"one": target, "all": [target], "some": related})


def ways_to_an_object(class_name: str, object_id: str, box_id: str) -> Iterator[Way]:
    """All that shows an object, or whether there is one."""
    classes, boxes = f"/classes/{class_name}", "/classes/Box"
    every = {"className": class_name, "where": {}}
    named = {"className": class_name, "where": {"objectId": object_id}}
    related = {"$relatedTo": {"object": pointer("Box", box_id), "key": "some"}}
    yield Way("find", classes, {})
    yield Way("find by id", classes, {"where": {"objectId": object_id}}, "get")
    yield Way("find in a list of ids", classes, {"where": {"objectId": {"$in": [object_id]}}})
    yield Way("find sorted", classes, {"order": "-text", "limit": 1})
    yield Way("find with a count", classes, {"count": 1})
    yield Way("count", classes, {"count": 1, "limit": 0}, "count")
    yield Way("get", f"{classes}/{object_id}", {}, "get")
    yield Way("get with keys", f"{classes}/{object_id}", {"keys": "text"}, "get")
    yield Way("include", boxes, {"include": "one"}, "get")
    yield Way("include in a list", boxes, {"include": "all"}, "get")
    yield Way("include of everything", boxes, {"include": "*"}, "get")
    yield Way("include by a get", f"{boxes}/{box_id}", {"include": "one,all"}, "get")
    yield Way("include by a key", boxes, {"keys": "one.text,all.text"}, "get")
    yield Way("include by an excluded key", boxes, {"excludeKeys": "one.other"}, "get")
    for operator in ("$inQuery", "$notInQuery"):
        yield Way(operator, boxes, {"where": {"one": {operator: every}}})
        yield Way(f"{operator} in a list", boxes, {"where": {"all": {operator: named}}}, "get")
        yield Way(f"{operator} in a count", boxes, _counted({"one": {operator: named}}), "get")
        yield Way(f"{operator} in $or", boxes, {"where": {"$or": [{"one": {operator: every}}]}})
    for operator in ("$select", "$dontSelect"):
        selected = {operator: {"query": every, "key": "text"}}
        yield Way(operator, boxes, {"where": {"text": selected}})
        yield Way(f"{operator} in $nor", boxes, {"where": {"$nor": [{"text": selected}]}})
    yield Way("relation", classes, {"where": related})
    yield Way("relation in $and", classes, {"where": {"$and": [related]}})
    yield Way("relation in a count", classes, _counted(related), "count")
    yield Way("redirect", boxes, {"redirectClassNameForKey": "some"})
    yield Way("owner of a relation", boxes, {"where": {"some": {"$inQuery": every}}})
    deep = {"one": {"$inQuery": {"className": class_name, "where": {"text": {"$exists": True}}}}}
    outer = {"where": {"objectId": {"$select": {"query": _query(deep), "key": "objectId"}}}}
    yield Way("sub-query of a sub-query", boxes, outer)


def uses_of_a_field(class_name: str, field: str, value: object) -> Iterator[Way]:
    """All that filters or sorts by a field, or takes its values."""
    classes, boxes = f"/classes/{class_name}", "/classes/Box"
    for condition in (value, {"$ne": value}, {"$exists": True}, {"$in": [value]}):
        where = {field: condition}
        inner = {"className": class_name, "where": where}
        yield Way("where", classes, {"where": where})
        yield Way("where in $nor", classes, {"where": {"$nor": [{"$and": [where]}]}})
        yield Way("count", classes, _counted(where))
        yield Way("redirected", boxes, {"redirectClassNameForKey": "some", "where": where})
        for operator in ("$inQuery", "$notInQuery"):
            yield Way(operator, boxes, {"where": {"one": {operator: inner}}})
            yield Way(f"{operator} in a count", boxes, _counted({"all": {operator: inner}}))
            yield Way(f"{operator} in $or", boxes, {"where": {"$or": [{"one": {operator: inner}}]}})
        for operator in ("$select", "$dontSelect"):
            selected = {operator: {"query": inner, "key": "objectId"}}
            yield Way(f"where of {operator}", boxes, {"where": {"text": selected}})
    for operator in ("$select", "$dontSelect"):
        selected = {operator: {"query": {"className": class_name, "where": {}}, "key": field}}
        yield Way(f"key of {operator}", boxes, {"where": {"text": selected}})
        yield Way(f"key of {operator} in $and", boxes, {"where": {"$and": [{"text": selected}]}})
        yield Way(f"key of {operator} in a count", boxes, _counted({"text": selected}))
    for order in (field, f"-{field}", f"objectId,-{field}"):
        yield Way("order", classes, {"order": order})
        yield Way("order redirected", boxes, {"redirectClassNameForKey": "some", "order": order})


def _counted(where: dict[str, Any]) -> dict[str, Any]:
    return {"where": where, "count": 1, "limit": 0}


def _query(where: dict[str, Any]) -> dict[str, Any]:
    return {"className": "Box", "where": where}
