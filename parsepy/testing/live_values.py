"""Requests of LiveQuery's triggers between this process and a test's."""

from typing import cast

from parsepy.cloud.live_requests import (
    ConnectRequest,
    EventRequest,
    LiveQueryEvent,
    SubscribeRequest,
)
from parsepy.cloud.objects import Object
from parsepy.cloud.queries import Query
from parsepy.testing import cloud_values
from parsepy.types import JSONObject, JSONValue


def event_json(event: LiveQueryEvent) -> JSONObject:
    """What happened on the server, as a listener gets it."""
    sent: dict[str, JSONValue] = {
        "event": event.event,
        "client": None if event.client is None else {"id": event.client},
        "clients": event.clients,
        "subscriptions": event.subscriptions,
        "sessionToken": event.session_token,
        "useMasterKey": event.use_master_key,
        "installationId": event.installation_id,
        "user": None if event.user is None else cloud_values.object_json(event.user),
        "error": event.error,
    }
    return {name: value for name, value in sent.items() if value is not None}


def members(request: ConnectRequest | SubscribeRequest | EventRequest) -> JSONObject:
    """What such a request has beyond others."""
    sent: dict[str, JSONValue] = {"sessionToken": request.session_token}
    if isinstance(request, SubscribeRequest):
        sent |= {
            "op": request.op,
            "requestId": request.subscription_id,
            "query": {
                "__t": "Query",
                "className": request.query.class_name,
                "json": request.query.to_json(),
            },
        }
    else:
        sent |= {
            "event": request.event,
            "client": {"id": request.client},
            "clients": request.clients,
            "subscriptions": request.subscriptions,
            "useMasterKey": request.use_master_key,
        }
    if isinstance(request, EventRequest):
        sent["sendEvent"] = request.send_event
    return {name: value for name, value in sent.items() if value is not None}


def take_back(request: SubscribeRequest | EventRequest, after: JSONObject) -> None:
    """What the handler has made of them."""
    if isinstance(request, SubscribeRequest):
        query = cloud_values.decoded(after.get("query"))
        if isinstance(query, Query):
            request.query.json = query.json
        return
    if isinstance(after.get("sendEvent"), bool):
        request.send_event = cast("bool", after["sendEvent"])
    for member in ("object", "original"):
        given = cloud_values.decoded(after.get(member))
        if isinstance(given, Object):
            setattr(request, member, given)
