"""Triggers of the config for the fixtures in compat_fixtures/config; config.cjs is the same for
parse-server."""

from parsepy import cloud
from parsepy.cloud import Config, ConfigRequest, FunctionRequest, ParseError

seen: list[object] = []


@cloud.function("seen")
async def take_seen(_: FunctionRequest) -> list[object]:
    taken = seen[:]
    seen.clear()
    return taken


@cloud.before_save(Config)
@cloud.after_save(Config)
async def watch(request: ConfigRequest) -> None:
    seen.append(
        {
            "triggerName": request.trigger_name,
            "values": request.object.to_json(),
            "before": None if request.original is None else request.original.to_json(),
            "master": request.master,
            "context": request.context,
        }
    )
    how = request.object.get("how")
    if isinstance(how, dict) and how.get("when") == request.trigger_name:
        match how.get("throw"):
            case "text":
                raise ValueError("refused")
            case "code":
                raise ParseError(999, "not today")
            case "nothing":
                raise ValueError
