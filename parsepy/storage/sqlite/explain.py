"""How a find would run, as a plan in the form that MongoDB gives."""

from time import perf_counter
from typing import Final

from parsepy.storage.sqlite.reader import Query, Reader
from parsepy.storage.sqlite.sql_types import Rows
from parsepy.types import JSONObject, JSONValue

_EXECUTED: Final = frozenset((True, "executionStats", "allPlansExecution"))


async def explain(reader: Reader, query: Query, verbosity: bool | str) -> JSONObject:
    """The plan, with times and numbers of a real run where `verbosity` asks for them."""
    planned = Query(query.class_name, f"EXPLAIN QUERY PLAN {query.sql}", query.parameters)
    steps = await reader.read(planned, _steps)
    searched = any(" USING " in str(step) for step in steps)
    plan: JSONObject = {
        "explainVersion": "1",
        "queryPlanner": {
            "namespace": query.class_name,
            "winningPlan": {"stage": "IXSCAN" if searched else "COLLSCAN", "steps": steps},
            "rejectedPlans": [],
        },
    }
    if verbosity in _EXECUTED:
        plan["executionStats"] = await _executed(reader, query)
    plan["ok"] = 1
    return plan


def _steps(rows: Rows) -> list[JSONValue]:
    return [str(row[3]) for row in rows]


async def _executed(reader: Reader, query: Query) -> JSONObject:
    start = perf_counter()
    returned = await reader.read(query, len)
    return {
        "executionSuccess": True,
        "nReturned": returned,
        "executionTimeMillis": round((perf_counter() - start) * 1000),
    }
