"""`/events`: what apps tell of, and what was counted of it (push sheet, section 7)."""

from typing import Final

from parsepy import errors
from parsepy.analytics.adapter import AnalyticsRequest
from parsepy.analytics.counting import EventCounter
from parsepy.analytics.event import APP_OPENED
from parsepy.analytics.report import read_asked, report_of, report_of_all
from parsepy.analytics.rows import Rows
from parsepy.http.answer import Answer
from parsepy.http.request import Request
from parsepy.http.routing import Routes

_SHOWN: Final = (b"user-agent", b"accept-language", b"content-type", b"x-parse-client-version")
"""Headers that an adapter gets: keys, tokens and cookies are none of its business."""


async def track(request: Request) -> Answer:
    """Answered with what the adapter says, and always well."""
    analytics = request.services.analytics
    if analytics is None:
        return Answer({})
    name, asking = request.segments[1], _asking(request)
    if name.lower() == APP_OPENED.lower():
        return Answer(await analytics.app_opened(request.body, asking))
    return Answer(await analytics.track_event(name, request.body, asking))


async def all_events(request: Request) -> Answer:
    rows = _rows(request)
    return Answer(await report_of_all(rows, read_asked(request.parameters)))


async def one_event(request: Request) -> Answer:
    rows = _rows(request)
    return Answer(await report_of(rows, request.segments[1], read_asked(request.parameters)))


ROUTES: Routes = {("POST", 1): track, ("GET", 0): all_events, ("GET", 1): one_event}


def _rows(request: Request) -> Rows:
    """Not in parse-server: where nothing is counted there is no such route."""
    analytics = request.services.analytics
    if not isinstance(analytics, EventCounter):
        mount = request.services.options.mount_path
        raise errors.route_not_found(request.method, f"{mount}{request.path}")
    if not request.ctx.caller.is_master:
        raise errors.master_key_required()
    return analytics.rows


def _asking(request: Request) -> AnalyticsRequest:
    caller = request.ctx.caller
    headers = request.headers
    return AnalyticsRequest(
        master=caller.is_master,
        user_id=caller.user_id,
        installation_id=caller.installation_id,
        ip=request.ctx.address,
        headers={
            name.decode(): headers[name].decode("latin-1") for name in _SHOWN if name in headers
        },
    )
