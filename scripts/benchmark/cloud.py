"""The cloud code of parsepy in the benchmark; cloud.cjs is the same for parse-server."""

from parsepy import cloud
from parsepy.cloud import FunctionRequest, TriggerRequest


@cloud.function("hello")
async def hello(request: FunctionRequest) -> str:
    return f"Hello, {request.params['name']}!"


@cloud.before_save("BenchChecked")
async def check(request: TriggerRequest) -> None:
    score = request.object.get("score")
    if score is None or score < 0:
        raise ValueError("a score has to be given")
    request.object.set("checked", True)
