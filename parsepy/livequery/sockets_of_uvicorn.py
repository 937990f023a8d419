"""How uvicorn is to be set up for LiveQuery."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

from parsepy.options.model import LiveQuery


def websocket_protocol(**settings: object) -> asyncio.Protocol:
    """The WebSocket protocol, imported at the first upgrade: it would be a fifth of the start."""
    from parsepy.livequery.direct_socket import DirectProtocol

    return cast("Callable[..., asyncio.Protocol]", DirectProtocol)(**settings)


def websocket_settings(live_query: LiveQuery | None) -> dict[str, Any]:
    """uvicorn's, for `websocket_protocol`. A peer that has not answered a ping when the next one is
    due is gone. Compression would cost each connection 50 kB and more."""
    settings: dict[str, Any] = {"ws_per_message_deflate": False}
    if live_query is not None:
        settings |= {
            "ws_max_size": live_query.max_frame,
            "ws_ping_interval": live_query.ping_interval,
            "ws_ping_timeout": live_query.ping_interval,
        }
    return settings
