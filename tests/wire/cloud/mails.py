"""What mail adapters of the fixtures were given; mails.cjs is the same for parse-server."""

from typing import Any

from parsepy import cloud
from parsepy.cloud import FunctionRequest
from parsepy.types import MISSING
from tests.wire.own.mail import sent


@cloud.function("mail")
def mail(request: FunctionRequest) -> object:
    """The last mail to an address."""
    mails = [each for each in sent if each["to"] == request.params["to"]]
    return mails[-1] if mails else None


@cloud.function("forget")
def forget() -> object:
    sent.clear()
    return MISSING


@cloud.function("send")
async def send(request: FunctionRequest) -> object:
    params: Any = request.params
    await cloud.send_email(**params)
    return MISSING
