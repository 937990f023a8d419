"""The cloud code of the app that the dashboard looks after."""

from parsepy import cloud
from parsepy.types import JSONObject, JSONValue


@cloud.function("double")
async def double(request: cloud.FunctionRequest) -> str:
    """What the dashboard runs on a row."""
    given = request.params["object"]
    score = await cloud.Query("Score").get(given["objectId"], use_master_key=True)
    score.set("points", 2 * score.get("points"))
    await score.save(use_master_key=True)
    return "doubled"


@cloud.function("about")
def about(request: cloud.FunctionRequest) -> JSONObject:
    text: JSONValue = {"type": "text", "text": "Seen by cloud code"}
    return {"panel": {"segments": [{"title": "Facts", "items": [text]}]}}


@cloud.function("best")
def best(request: cloud.FunctionRequest) -> list[JSONObject]:
    return [{"player": "eve", "points": 99}]


@cloud.before_save("Score")
def check(request: cloud.TriggerRequest) -> None:
    if (request.object.get("points") or 0) < 0:
        raise ValueError("Points are not negative.")


@cloud.after_save("Score")
def note(request: cloud.TriggerRequest) -> None:
    request.log.info(f"{request.object.get('player')} has scored")


@cloud.job("recount")
async def recount(request: cloud.JobRequest) -> str:
    count = await cloud.Query("Score").count(use_master_key=True)
    return f"{count} scores"
