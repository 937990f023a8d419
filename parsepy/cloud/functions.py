"""Calling a cloud function (cloud-code sheet, section 1)."""

import logging
from typing import cast

from parsepy import errors
from parsepy.cloud import loading, requests, validation, values
from parsepy.cloud.current import running
from parsepy.cloud.registry import Entry
from parsepy.cloud.runner import FUNCTION_FAILED, Runner
from parsepy.errors import ParseError
from parsepy.objects.context import RequestContext
from parsepy.types import MISSING, JSONObject, JSONValue, Missing

_log = logging.getLogger(__name__)


async def call(
    entry: Entry, runner: Runner, ctx: RequestContext, name: str, params: JSONObject
) -> JSONValue | Missing:
    """What the function gives back, in the wire's form; `MISSING` for nothing.

    Raises 130 for a File elsewhere, 142 for the validator, 141 or what the function raises.
    """
    file_urls = ctx.services.file_urls
    if file_urls is not None:
        file_urls.check(params)
    with running(runner.app):
        decoded = cast("dict[str, object]", values.decode(params, loading.refer))
        request = requests.function_request(ctx, name, decoded)
    try:
        if entry.validator is not None:
            await validation.validate(entry.validator, ctx, request, runner)
        result = await runner.call(entry.handler, request, unnamed=FUNCTION_FAILED)
        answer = MISSING if isinstance(result, Missing) else _encoded(result)
    except ParseError as error:
        _log.error("Failed running cloud function %s for user %s: %s", name, _who(ctx), error)
        raise
    _log.info("Ran cloud function %s for user %s", name, _who(ctx))
    return answer


def _encoded(result: object) -> JSONValue:
    try:
        return values.encode(result, whole_objects=True)
    except (TypeError, ValueError, RecursionError) as error:
        raise errors.script_failed(str(error)) from error


def _who(ctx: RequestContext) -> str:
    return ctx.caller.user_id or "(nobody)"
