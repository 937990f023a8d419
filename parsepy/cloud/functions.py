"""Calling a cloud function (cloud-code sheet, section 1)."""

from typing import cast

from parsepy.cloud import loading, requests, validation, values
from parsepy.cloud.answers import encoded
from parsepy.cloud.current import running
from parsepy.cloud.exchange import Answered, Sent
from parsepy.cloud.registry import Entry
from parsepy.cloud.responses import Response
from parsepy.cloud.runner import FUNCTION_FAILED, Runner
from parsepy.errors import ParseError
from parsepy.objects.context import RequestContext
from parsepy.types import MISSING, JSONValue, Missing


async def call(
    entry: Entry, runner: Runner, ctx: RequestContext, name: str, sent: Sent
) -> Answered:
    """What the function gives back.

    Raises 130 for a File elsewhere, 142 for the validator and for parameters that are not as they
    are declared, 141 or what the function raises.
    """
    given = {**sent.params, **sent.texts} if sent.texts else sent.params
    file_urls = ctx.services.file_urls
    if file_urls is not None:
        file_urls.check(given)
    with running(runner.app):
        decoded = cast("dict[str, object]", values.decode(given, loading.refer, whole=False))
        decoded.update(sent.files)
        request = requests.function_request(ctx, name, decoded, frozenset(sent.texts))
    try:
        if entry.validator is not None:
            await validation.validate(entry.validator, ctx, request, runner)
        result = await runner.call(entry.handler, request, unnamed=FUNCTION_FAILED)
        answered = _answered(result)
    except ParseError as error:
        runner.log.function_failed(request, error)
        raise
    runner.log.function_ran(request, answered.value)
    return answered


def _answered(result: object) -> Answered:
    if isinstance(result, Response):
        return Answered(_value(result.value), result.status, result.headers)
    return Answered(_value(result))


def _value(result: object) -> JSONValue | Missing:
    return MISSING if isinstance(result, Missing) else encoded(result)
