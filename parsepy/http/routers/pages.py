"""The pages that links in mails lead to (users sheet, section 18).

These routes are beside the others: whoever has a link needs no key, a browser sends forms and
gets pages. As in parse-server, route allow list and rate limits do not know them.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeAlias

from starlette.types import Receive

from parsepy import errors
from parsepy.errors import Code, ParseError
from parsepy.http import body as bodies
from parsepy.http import query_string
from parsepy.http.answer import Answer, StreamedAnswer
from parsepy.http.failure import failure_body
from parsepy.http.page_answers import streamed
from parsepy.http.services import AppServices
from parsepy.objects.context import RequestContext
from parsepy.pages.answers import NotFound, PageAnswer
from parsepy.pages.custom_routes import CustomRoute
from parsepy.pages.page import Page
from parsepy.pages.request import PageRequest
from parsepy.pages.reset_errors import UNEQUAL
from parsepy.pages.service import Pages
from parsepy.types import JSONObject

_MOST_BYTES: Final = 100 * 1024
"""Of a form; what Express takes."""

_CHOOSE_PASSWORD: Final = "choose_password"


@dataclass(frozen=True, slots=True)
class Visit:
    """A request for a page, and what answers it."""

    services: AppServices
    pages: Pages
    request: PageRequest
    ctx: RequestContext


PageHandler: TypeAlias = Callable[[Visit], Awaitable[PageAnswer | Answer]]


@dataclass(frozen=True, slots=True)
class PageRoute:
    """`app_id` is what the path says, or `None`; `names_app` whether an app must be named, there
    or in the query."""

    handler: PageHandler
    app_id: str | None = None
    names_app: bool = True
    parameters: Mapping[str, str] = field(default_factory=dict)


async def _verify_email(visit: Visit) -> PageAnswer:
    if not await visit.pages.can_show():
        return NotFound()
    token = visit.request.query.get("token")
    if token and await visit.services.verification.verify(visit.ctx, token):
        return await visit.pages.show(visit.request, Page.EMAIL_VERIFICATION_SUCCESS)
    # With the token, the page can offer to send another mail.
    return await visit.pages.show(
        visit.request,
        Page.EMAIL_VERIFICATION_LINK_INVALID,
        unsaid={"token": token} if token else {},
    )


async def _resend_verification_email(visit: Visit) -> PageAnswer:
    if not await visit.pages.can_show():
        return NotFound()
    form = visit.request.form
    username, token = form.get("username") or None, form.get("token") or None
    if username is None and token is None:
        page = Page.EMAIL_VERIFICATION_LINK_INVALID
    else:
        page = await _resent(visit, username, token)
    return await visit.pages.show(visit.request, page)


async def _resent(visit: Visit, username: str | None, token: str | None) -> Page:
    """The page must not tell who has an account, unless an option says so."""
    try:
        await visit.services.verification.resend(visit.ctx, username, token)
    except ParseError as error:
        _check_fault(error)
        if not visit.services.options.verification.success_on_invalid_email:
            return Page.EMAIL_VERIFICATION_SEND_FAIL
    return Page.EMAIL_VERIFICATION_SEND_SUCCESS


async def _choose_password(visit: Visit) -> PageAnswer:
    options, query = visit.services.options, visit.request.query
    # The order is that of parse-server's addresses.
    parameters = {"appId": options.app_id, "appName": options.app_name or ""}
    parameters |= {name: query[name] for name in ("token", "username") if name in query}
    return await visit.pages.show(visit.request, Page.PASSWORD_RESET, parameters)


async def _show_reset_form(visit: Visit) -> PageAnswer:
    token = visit.request.query.get("token")
    if not token or not await _opens_reset(visit, token):
        return await visit.pages.show(visit.request, Page.PASSWORD_RESET_LINK_INVALID)
    return await visit.pages.show(visit.request, Page.PASSWORD_RESET, {"token": token})


async def _opens_reset(visit: Visit, token: str) -> bool:
    try:
        await visit.services.password_reset.check(visit.ctx, token)
    except ParseError as error:
        _check_fault(error)
        return False
    return True


async def _reset_password(visit: Visit) -> PageAnswer | Answer:
    form = visit.request.form
    token, password = form.get("token"), form.get("new_password")
    if visit.request.by_script:
        return await _reset_by_script(visit, token, password)
    if not await visit.pages.can_show():
        return NotFound()
    if not token or not password:
        return await visit.pages.show(visit.request, Page.PASSWORD_RESET_LINK_INVALID)
    # Without a script nobody else can tell that a password was mistyped.
    if form.get("confirm_new_password", password) != password:
        return await _show_problem(visit, token, UNEQUAL)
    try:
        await visit.services.password_reset.reset(visit.ctx, token, password)
    except ParseError as error:
        return await _show_problem(visit, token, _told(visit, error))
    return await visit.pages.show(visit.request, Page.PASSWORD_RESET_SUCCESS, redirect=False)


async def _show_problem(visit: Visit, token: str, problem: str) -> PageAnswer:
    """The form again, with its token."""
    parameters = {"token": token, "appId": visit.services.options.app_id, "error": problem}
    return await visit.pages.show(visit.request, Page.PASSWORD_RESET, parameters, redirect=False)


async def _reset_by_script(visit: Visit, token: str | None, password: str | None) -> Answer:
    """Raises -1 and 201."""
    if not token:
        raise ParseError(Code.OTHER_CAUSE, "Missing token")
    if not password:
        raise ParseError(Code.PASSWORD_MISSING, "Missing password")
    try:
        await visit.services.password_reset.reset(visit.ctx, token, password)
    except ParseError as error:
        raise ParseError(Code.OTHER_CAUSE, _told(visit, error)) from None
    return Answer("Password successfully reset")


def _told(visit: Visit, error: ParseError) -> str:
    """What the user may know of why it failed."""
    _check_fault(error)
    return str(failure_body(error, visit.services.options)["error"])


def _check_fault(error: ParseError) -> None:
    """Raises what is the server's own fault: no link is invalid because a database is away."""
    if error.code == Code.INTERNAL:
        raise error


async def _custom(route: CustomRoute, visit: Visit) -> PageAnswer:
    chosen = await route.choose(visit.request)
    return NotFound() if chosen is None else await visit.pages.show_chosen(visit.request, chosen)


async def _static(parts: list[str], visit: Visit) -> PageAnswer:
    return await visit.pages.static(visit.request, parts)


_ROUTES: Final[Mapping[tuple[str, str], PageHandler]] = {
    ("GET", "verify_email"): _verify_email,
    ("POST", "resend_verification_email"): _resend_verification_email,
    ("GET", "request_password_reset"): _show_reset_form,
    ("POST", "request_password_reset"): _reset_password,
}
"""By method and what stands behind the app id in the path."""


class PageRoutes:
    """Raises `OptionsError` for options of pages that cannot be."""

    def __init__(self, services: AppServices) -> None:
        self._services = services
        self._pages = Pages(services.options)

    def find(self, method: str, parts: list[str]) -> PageRoute | None:
        """The route of what stands behind the endpoint of pages."""
        if method == "HEAD":
            method = "GET"
        if not parts:
            return None
        if method == "GET" and [part.lower() for part in parts] == [_CHOOSE_PASSWORD]:
            return PageRoute(_choose_password)
        return self._find_of_app(method, parts) or (
            PageRoute(partial(_static, parts), names_app=False) if method == "GET" else None
        )

    async def respond(
        self, route: PageRoute, ctx: RequestContext, method: str, query: bytes, receive: Receive
    ) -> Answer | StreamedAnswer:
        """Raises 403 for another app's id, and what a script is told of a failed reset."""
        body = await bodies.read(receive, ctx.headers, _MOST_BYTES)
        request = PageRequest(
            "GET" if method == "HEAD" else method,
            route.app_id,
            _texts(query_string.parse_form(query)),
            _texts(_form(body, ctx.headers)),
            {
                name.decode("latin-1"): value.decode("latin-1")
                for name, value in ctx.headers.items()
            },
            route.parameters,
            ctx.address,
        )
        if route.names_app:
            self._check_app(route, request)
        if not self._services.cloud.is_known:
            await self._services.cloud.refresh()
        answer = await route.handler(Visit(self._services, self._pages, request, ctx))
        if isinstance(answer, Answer):
            return answer
        return await streamed(answer, ctx.headers, encode_headers=self._pages.encode_headers)

    def _find_of_app(self, method: str, parts: list[str]) -> PageRoute | None:
        app_id, *behind = parts
        if len(behind) == 1:
            handler = _ROUTES.get((method, behind[0].lower()))
            if handler is not None:
                return PageRoute(handler, app_id)
        custom = self._pages.find_route(method, behind)
        if custom is None:
            return None
        route, parameters = custom
        return PageRoute(partial(_custom, route), app_id, parameters=parameters)

    def _check_app(self, route: PageRoute, request: PageRequest) -> None:
        app_id = request.query.get("appId") if route.app_id is None else route.app_id
        if app_id != self._services.options.app_id:
            raise errors.unauthorized()


def _form(body: bytes, headers: Mapping[bytes, bytes]) -> JSONObject:
    """The fields of a form, or of the JSON that a script sends. Raises 400 for broken JSON."""
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    match kind:
        case b"application/x-www-form-urlencoded":
            return query_string.parse_form(body)
        case b"application/json":
            return bodies.decode(body, headers)
        case _:
            return {}


def _texts(fields: JSONObject) -> dict[str, str]:
    """Names are never taken apart (`token[$ne]=` is a field of that name), and what is no text is
    not there."""
    return {
        name: value.encode("utf-8", "replace").decode()
        for name, value in fields.items()
        if isinstance(value, str)
    }
