"""Running one handler of the app: its validator first."""

from parsepy.cloud import validation
from parsepy.cloud.registry import Entry
from parsepy.cloud.requests import CloudRequest
from parsepy.cloud.runner import TRIGGER_FAILED, Runner
from parsepy.errors import Code, ParseError
from parsepy.objects.context import RequestContext


async def handle(
    entry: Entry,
    runner: Runner,
    ctx: RequestContext,
    request: CloudRequest,
    *,
    unnamed: str = TRIGGER_FAILED,
    failed: Code = Code.SCRIPT_FAILED,
) -> object:
    """What the handler gives back; `None` where the master key leaves it out.

    Raises 142, and as `Runner.call`.
    """
    validator = entry.validator
    try:
        if validator is not None:
            await validation.validate(validator, ctx, request, runner)
            if validator.skip_with_master_key and request.master:
                return None
        result = await runner.call(entry.handler, request, unnamed=unnamed, failed=failed)
    except ParseError as error:
        runner.log.trigger_failed(request, error)
        raise
    runner.log.trigger_ran(request)
    return result
