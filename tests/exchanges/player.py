"""Plays a file from its first step to its last against a running server."""

from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from tests.exchanges.files import ExchangeFile
from tests.exchanges.http_step import play_http
from tests.exchanges.outcome import StepFailedError
from tests.exchanges.socket_step import play_socket
from tests.exchanges.variables import UnknownVariableError, Variables
from tests.support.parsepy_server import RunningParsepy


def play(exchange: ExchangeFile, server: RunningParsepy) -> dict[str, str | None]:
    """For each step, by name: what was wrong, None when it passed."""
    variables = Variables(_given(server))
    for name, value in exchange.variables.items():
        variables[name] = variables.fill(value)
    with httpx.HTTPTransport() as transport:
        return {step["name"]: _failure(step, variables, transport) for step in exchange.steps}


def _failure(
    step: dict[str, object], variables: Variables, transport: httpx.BaseTransport
) -> str | None:
    play_step = play_socket if "ws" in step else play_http
    try:
        play_step(step, variables, transport)
    except (StepFailedError, UnknownVariableError) as error:
        return str(error)
    return None


def _given(server: RunningParsepy) -> dict[str, str]:
    address = urlsplit(server.url)
    return {
        "appId": server.keys.app_id,
        "clientKey": server.keys.client_key,
        "restKey": server.keys.rest_key,
        "jsKey": server.keys.javascript_key,
        "dotnetKey": server.keys.dotnet_key,
        "masterKey": server.keys.master_key,
        "server": server.url,
        "liveUrl": address._replace(scheme="ws").geturl(),
        "mount": address.path,
        "run": uuid4().hex[:10],
    }
