"""Hypothesis strategies: pipelines over the class of `tests.query.samples`, in stored names.

Expressions are typed where MongoDB is strict, through guards, so that most pipelines run.
"""

from typing import cast

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from parsepy.types import JSONObject, JSONValue
from tests.query.samples import EARLY, LATE, PATTERNS

Values = SearchStrategy[JSONValue]

PATHS = (
    "$text $number $flag $day $map $list $place $file $_p_team $_id $_created_at $missing"
    " $map.a $map.a.b $map.b $list.a $list.a.b $place.latitude $text.a"
    " $$ROOT.number $$CURRENT.map.a"
).split()
MATCH_KEYS = (
    "text number flag day map list place file _p_team _id _created_at missing"
    " map.a map.b map.a.b map.0 list.0 list.a list.0.a place.0"
).split()
NUMBERS: list[JSONValue] = [0, 1, 2, -1, 1.5, 10, 3, -2.5]
TEXTS: list[JSONValue] = ["", "a", "b", "ab", "A", "é", "1", "Team$one", "id1"]
DATES: list[JSONValue] = [{"__type": "Date", "iso": iso} for iso in (EARLY, LATE)]
UNITS = ["year", "quarter", "month", "week", "day", "hour", "minute", "second", "millisecond"]


def pick(*values: JSONValue) -> Values:
    return st.sampled_from(values)


def built(**parts: Values) -> Values:
    return cast("Values", st.fixed_dictionaries(dict(parts)))


def op(name: str, operand: Values) -> Values:
    return cast("Values", st.fixed_dictionaries({name: operand}))


def args(*each: Values) -> Values:
    return cast("Values", st.tuples(*each).map(list))


def some(each: Values, least: int = 0, most: int = 3) -> Values:
    return cast("Values", st.lists(each, min_size=least, max_size=most))


def guard(kind: str, default: JSONValue) -> Values:
    """A path whose value is used if it is of the kind, and a default otherwise."""
    return pick(*PATHS).map(
        lambda path: {"$cond": [{"$eq": [{"$type": path}, kind]}, path, {"$literal": default}]}
    )


paths = pick(*PATHS)
literals: Values = pick(None, True, False, *NUMBERS, *TEXTS, *DATES).map(
    lambda value: {"$literal": value}
)
_leaves: Values = paths | literals
numbers: Values = st.deferred(lambda: _numbers)
texts: Values = st.deferred(lambda: _texts)
lists: Values = st.deferred(lambda: _lists)
dates: Values = guard("date", DATES[0])
objects: Values = guard("object", {"a": 1})
anything: Values = st.deferred(lambda: _anything)

_plain_numbers: Values = pick(*NUMBERS) | pick("$number").map(
    lambda path: {"$cond": [{"$lt": [{"$abs": path}, 1000]}, path, 7]}
)
_numbers: Values = (
    _plain_numbers
    | op("$add", some(_plain_numbers))
    | op("$multiply", some(_plain_numbers))
    | op("$subtract", args(_plain_numbers, _plain_numbers))
    | op("$divide", args(_plain_numbers, pick(1, 2, -4)))
    | op("$mod", args(_plain_numbers, pick(2, 3, -3, 1.5)))
    | st.sampled_from(["$abs", "$ceil", "$floor", "$trunc", "$round"]).flatmap(
        lambda name: op(name, _plain_numbers)
    )
    | op("$round", args(_plain_numbers, pick(0, 1, -1)))
    | op("$pow", args(pick(1, 2, 1.5), pick(0, 1, 2, -1, 10)))
    | op("$size", lists)
    | op("$strLenCP", texts)
    | op("$strLenBytes", texts)
    | op("$indexOfCP", args(texts, pick("a", "", "é")))
    | st.sampled_from(["$sum", "$avg", "$min", "$max"]).flatmap(lambda name: op(name, lists))
    | op("$cmp", args(anything, anything))
    | st.sampled_from(
        "$year $month $dayOfMonth $hour $minute $second $millisecond $dayOfWeek $dayOfYear $week"
        " $isoWeek $isoWeekYear".split()
    ).flatmap(lambda name: op(name, dates))
    | op(
        "$dateDiff",
        built(startDate=dates, endDate=dates, unit=st.sampled_from(cast("list[JSONValue]", UNITS))),
    )
)
_texts: Values = (
    guard("string", "x")
    | op("$concat", some(guard("string", "y")))
    | st.sampled_from(["$toUpper", "$toLower"]).flatmap(lambda name: op(name, guard("string", "z")))
    | op("$substrCP", args(guard("string", "abc"), pick(0, 1), pick(0, 1, 5)))
    | op("$trim", built(input=guard("string", " a "), chars=pick("a", " ", "ab")))
    # Not of what is computed: whole numbers have one type here, in MongoDB two.
    | op("$type", _leaves)
    | op(
        "$dateToString",
        built(date=dates, format=pick("%Y-%m-%d", "%H:%M:%S.%L", "%j %U %V %G %u %w")),
    )
    | op("$replaceAll", built(input=guard("string", "aa"), find=pick("a"), replacement=pick("b")))
)
_lists: Values = (
    guard("array", [])
    | guard("array", [1, "a", None])
    | some(anything)
    | op("$slice", args(guard("array", [1, 2]), pick(1, -1, 0)))
    | op("$concatArrays", some(guard("array", [3])))
    | op("$reverseArray", guard("array", [1, 2]))
    | op(
        "$filter",
        built(input=guard("array", [1, 2]), cond=op("$gt", args(pick("$$this"), literals))),
    )
    | op("$map", built(input=guard("array", [1, 2]), **{"in": op("$type", pick("$$this"))}))
    | op("$range", args(pick(0, 1), pick(0, 3, -2), pick(1, -1, 2)))
    | op("$setUnion", some(guard("array", [1, 2]), 1))
    | op("$setIntersection", args(guard("array", [1]), guard("array", [1, "a"])))
    | op("$setDifference", args(guard("array", [1, 2]), guard("array", [1])))
    | op("$split", args(guard("string", "a-b"), pick("-", "a")))
    | op("$objectToArray", objects)
)
_truths: Values = (
    st.sampled_from(["$eq", "$ne", "$gt", "$gte", "$lt", "$lte"]).flatmap(
        lambda name: op(name, args(anything, anything))
    )
    | st.sampled_from(["$and", "$or"]).flatmap(lambda name: op(name, some(anything)))
    | op("$not", args(anything))
    | op("$in", args(anything, lists))
    | op("$isArray", args(anything))
    | op("$isNumber", anything)
    | op("$regexMatch", built(input=guard("string", "a"), regex=pick("a", "^a", "[^a]", "b$")))
)
_anything: Values = st.one_of(
    _leaves,
    _leaves,
    numbers,
    texts,
    lists,
    _truths,
    objects,
    op("$cond", args(_truths, _leaves, _leaves)),
    op("$ifNull", args(paths, _leaves)),
    op("$mergeObjects", some(objects)),
    op("$arrayElemAt", args(lists, pick(0, -1, 5))),
    op("$first", lists),
    op("$toBool", anything),
    op("$let", built(vars=built(v=_leaves), **{"in": op("$type", pick("$$v"))})),
    op("$convert", built(input=_leaves, to=pick("bool", "int"), onError=pick(None, 1))),
    op("$switch", built(branches=some(built(case=_truths, then=_leaves), 1), default=_leaves)),
    op("$dateTrunc", built(date=dates, unit=st.sampled_from(cast("list[JSONValue]", UNITS)))),
    op("$dateAdd", built(startDate=dates, unit=pick("day", "month", "hour"), amount=pick(1, -13))),
    built(a=_leaves, b=_leaves),
)

_operand: Values = pick(None, True, False, *NUMBERS, *TEXTS, *DATES)
_whole: Values = _operand | some(_operand) | built(a=_operand)


def _condition() -> Values:
    one: dict[str, Values] = {
        **dict.fromkeys(("$eq", "$ne", "$gt", "$gte", "$lt", "$lte"), _whole),
        "$in": some(_whole),
        "$nin": some(_whole),
        "$exists": st.booleans(),
        "$type": pick("number", "string", "array", "object", "null", "bool", "date", "int"),
        "$mod": args(pick(2, 3), pick(0, 1)),
        "$size": pick(0, 1, 2),
        "$all": some(_operand),
        "$regex": st.sampled_from(cast("list[JSONValue]", PATTERNS)),
        "$elemMatch": built(**{"$gt": _operand}) | built(a=_operand),
        "$not": built(**{"$gt": _operand}) | built(**{"$in": some(_operand)}),
    }
    return _whole.filter(lambda value: value != {}) | st.sampled_from(sorted(one)).flatmap(
        lambda name: op(name, one[name])
    )


_clauses = st.sampled_from(MATCH_KEYS).flatmap(lambda key: op(key, _condition()))
conditions: Values = (
    _clauses
    | st.sampled_from(["$and", "$or", "$nor"]).flatmap(lambda name: op(name, some(_clauses, 1)))
    | op("$expr", _truths)
)

accumulators: Values = st.one_of(
    st.sampled_from(["$sum", "$avg", "$min", "$max"]).flatmap(
        lambda name: op(name, pick("$number", "$text", "$day", "$flag", "$missing") | numbers)
    ),
    op("$sum", pick(1)),
    op("$push", paths),
    op("$count", pick({})),
    op("$stdDevPop", pick("$number").map(lambda path: {"$cond": [{"$lt": [path, 100]}, path, 1]})),
    op("$mergeObjects", objects),
)


def _stage(name: str, spec: Values) -> Values:
    return op(name, spec)


_sort = st.sampled_from(["number", "text", "list", "map", "map.a", "day", "_p_team", "flag", "_id"])


def _sorted_page(parts: tuple[str, int, int, int]) -> list[JSONValue]:
    key, direction, skip, limit = parts
    order: JSONObject = {key: direction, "_id": 1} if key != "_id" else {"_id": direction}
    return [{"$sort": order}, {"$skip": skip}, {"$limit": limit}]


_first = st.one_of(
    _stage("$match", conditions).map(lambda stage: [stage]),
    st.tuples(_sort, st.sampled_from([1, -1]), st.integers(0, 2), st.integers(1, 6)).map(
        _sorted_page
    ),
)
_change = st.one_of(
    _stage("$project", built(x=anything, number=pick(1), text=pick(1))),
    _stage("$project", pick({"list.a": 1, "map.a": 1}, {"list": 0, "map.b": 0}, {"map": {"a": 1}})),
    _stage("$addFields", built(x=anything) | op("map.a", anything) | op("list.b", anything)),
    _stage("$set", built(number=numbers)),
    _stage("$unset", pick("list", "map.a", "missing")),
    _stage("$match", conditions),
    _stage(
        "$unwind",
        pick(
            "$list",
            "$map.a",
            {"path": "$list", "preserveNullAndEmptyArrays": True, "includeArrayIndex": "place_of"},
            {"path": "$text", "preserveNullAndEmptyArrays": True},
        ),
    ),
)
_JOINS: list[JSONValue] = [
    {"from": "Sample", "localField": "list", "foreignField": "number", "as": "x"},
    {"from": "Sample", "localField": "map.a", "foreignField": "text", "as": "map.z"},
    {"from": "Sample", "localField": "number", "foreignField": "list", "as": "x"},
    {"from": "Sample", "pipeline": [{"$match": {"flag": True}}, {"$count": "n"}], "as": "x"},
    {
        "from": "Sample",
        "let": {"n": "$number"},
        "pipeline": [{"$match": {"$expr": {"$lt": ["$number", "$$n"]}}}, {"$project": {"_id": 1}}],
        "as": "x",
    },
]
_last = st.one_of(
    st.just([]),
    _stage("$group", built(_id=paths | anything, a=accumulators, b=accumulators)).map(
        lambda stage: [stage]
    ),
    _stage("$group", built(_id=pick(None), a=accumulators)).map(lambda stage: [stage]),
    _stage("$group", built(_id=paths, set_of=op("$addToSet", paths))).map(lambda stage: [stage]),
    _stage("$count", pick("n")).map(lambda stage: [stage]),
    _stage("$sortByCount", paths).map(lambda stage: [stage]),
    _stage("$lookup", st.sampled_from(_JOINS)).map(lambda stage: [stage]),
    _stage("$replaceRoot", built(newRoot=objects)).map(lambda stage: [stage]),
    _stage(
        "$bucket",
        built(
            groupBy=pick("$number"),
            boundaries=pick([-10, 0, 1.5, 10]),
            default=pick("other"),
            output=built(a=accumulators),
        ),
    ).map(lambda stage: [stage]),
    _stage(
        "$facet",
        built(one=_stage("$group", built(_id=paths, n=accumulators)).map(lambda stage: [stage])),
    ).map(lambda stage: [stage]),
)


def _joined(parts: tuple[list[JSONValue], list[JSONValue], list[JSONValue]]) -> list[JSONObject]:
    return [cast("JSONObject", stage) for part in parts for stage in part]


pipelines: SearchStrategy[list[JSONObject]] = st.tuples(
    st.just([]) | _first,
    st.lists(_change, max_size=2),
    cast("SearchStrategy[list[JSONValue]]", _last),
).map(_joined)
