"""What a call was refused with, as a value to compare."""

from collections.abc import Awaitable, Callable

from parsepy.errors import ParseError


def refusal(call: Callable[[], object]) -> ParseError | None:
    """The error that `call` raises; None when it raises none."""
    try:
        call()
    except ParseError as error:
        return error
    return None


async def awaited_refusal(awaitable: Awaitable[object]) -> ParseError | None:
    """The error that `awaitable` ends with; None when it ends well."""
    try:
        await awaitable
    except ParseError as error:
        return error
    return None
