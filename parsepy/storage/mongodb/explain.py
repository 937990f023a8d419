"""How the database would run a find."""

from typing import Any, Final

import orjson
from bson import SON, json_util

from parsepy.storage.mongodb.documents import Collection, Document
from parsepy.types import JSONObject

_VERBOSITIES: Final = {
    # What the driver of parse-server makes of `true`; the server has no extended planner view.
    True: "allPlansExecution",
    "queryPlannerExtended": "queryPlanner",
}
_DRIVER_ONLY: Final = frozenset(("batch_size", "max_time_ms"))
_CLUSTER: Final = ("$clusterTime", "operationTime", "$gleStats", "lastCommittedOpTime")


async def explain(
    collection: Collection, condition: Document, arguments: dict[str, Any], verbosity: bool | str
) -> JSONObject:
    """The plan of a find with the driver's `arguments`. Raises what the driver raises."""
    find: dict[str, Any] = {"find": collection.name, "filter": condition}
    for name, value in arguments.items():
        if name not in _DRIVER_ONLY:
            find[name] = SON(value) if name == "sort" else value
    if arguments.get("max_time_ms"):
        find["maxTimeMS"] = arguments["max_time_ms"]
    plan = await collection.database.command(
        "explain",
        find,
        verbosity=_VERBOSITIES.get(verbosity, verbosity),
        read_preference=collection.read_preference,
    )
    for name in _CLUSTER:
        plan.pop(name, None)
    shown: JSONObject = orjson.loads(
        json_util.dumps(plan, json_options=json_util.RELAXED_JSON_OPTIONS)
    )
    return shown
