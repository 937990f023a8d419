"""Which page is shown for what, and how: as a text, or by sending the reader somewhere else."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

from parsepy.options.functions import call
from parsepy.options.model import ServerOptions
from parsepy.options.public_url import public_url
from parsepy.pages.addresses import read_addresses
from parsepy.pages.answers import Html, NotFound, PageAnswer, Raw, Redirect
from parsepy.pages.custom_routes import Chosen, CustomRoute, read_routes
from parsepy.pages.folder import BUILT_IN, Folder, parts_of
from parsepy.pages.page import Page
from parsepy.pages.parameters import Parameters, template_values, with_query
from parsepy.pages.policy import content_security_policy
from parsepy.pages.request import LOCALE, PageRequest
from parsepy.pages.reset_errors import ResetErrors
from parsepy.pages.template import Template, Values, parse, render
from parsepy.pages.translations import read_translations

_OWN: Final = ("appId", "appName", "publicServerUrl")
_ERROR: Final = "error"


class Pages:
    """Raises `OptionsError` for options that name what is not there."""

    def __init__(self, options: ServerOptions) -> None:
        given = options.pages
        self._options = options
        self._localised = given.enable_localization
        self._built_in = not given.pages_path
        self._errors = ResetErrors(options.password_policy)
        self._folder = Folder(Path(given.pages_path) if given.pages_path else BUILT_IN)
        self._routes = read_routes(given.custom_routes)
        self._translations = (
            read_translations(
                Path(given.localization_json_path), given.localization_fallback_locale
            )
            if given.localization_json_path
            else None
        )
        self._elsewhere = read_addresses(given.custom_urls)
        self.endpoint = given.pages_endpoint

    @property
    def encode_headers(self) -> bool:
        return self._options.pages.encode_page_param_headers

    async def can_show(self) -> bool:
        """Whether the server knows its name and its address."""
        return len(await self._own_parameters()) == len(_OWN)

    def find_route(
        self, method: str, parts: Sequence[str]
    ) -> tuple[CustomRoute, Mapping[str, str]] | None:
        """The custom route for a path behind the app id, and what its `:parts` stand for."""
        for route in self._routes:
            parameters = route.match(method, parts)
            if parameters is not None:
                return route, parameters
        return None

    async def show(
        self,
        request: PageRequest,
        page: Page,
        parameters: Parameters | None = None,
        *,
        redirect: bool | None = None,
        unsaid: Parameters | None = None,
    ) -> PageAnswer:
        """One of the pages of ours. `redirect` is by default what a POST gets. `unsaid` is for
        the text of the page only, not for headers and addresses."""
        told = await self._told(request, parameters or {})
        if told is None:
            return NotFound()
        elsewhere = self._elsewhere.get(page)
        if elsewhere is not None:
            return Redirect(with_query(elsewhere, told), told)
        if redirect is None:
            redirect = request.method == "POST"
        return await self._go_to([page.file], told, redirect=redirect, unsaid=unsaid or {})

    async def show_chosen(self, request: PageRequest, chosen: Chosen) -> PageAnswer:
        """The page that a handler of the app's own wants."""
        told = await self._told(request, chosen.parameters)
        if told is None:
            return NotFound()
        return await self._go_to(parts_of(chosen.file), told, redirect=False, unsaid={})

    async def static(self, request: PageRequest, parts: Sequence[str]) -> PageAnswer:
        """The file at this path; pages get their placeholders filled."""
        if not parts[-1].endswith(".html"):
            found = await asyncio.to_thread(self._folder.find, parts)
            return NotFound() if found is None else Raw(found.path)
        template = await asyncio.to_thread(self._template, parts, None)
        if template is None:
            return NotFound()
        own = _with_locale(await self._own_parameters(), request.locale)
        # Without an app in the address, parse-server tells nothing in headers.
        told = own if request.query.get("appId") == self._options.app_id else {}
        return await self._html(template, own, told, self._from_address(request.query))

    def _from_address(self, query: Parameters) -> Parameters:
        """What a page that a redirect led to shows of its address."""
        found = {name: query[name] for name in ("token", "username") if name in query}
        if query.get(_ERROR):
            found[_ERROR] = self._errors.from_address(query[_ERROR])
        return found

    async def _told(self, request: PageRequest, parameters: Parameters) -> Parameters | None:
        own = await self._own_parameters()
        if len(own) < len(_OWN):
            return None
        return _with_locale({**parameters, **own}, request.locale)

    async def _own_parameters(self) -> Parameters:
        """What is known of the server itself."""
        known = zip(
            _OWN,
            (self._options.app_id, self._options.app_name, await public_url(self._options)),
            strict=True,
        )
        return {name: value for name, value in known if value is not None}

    async def _go_to(
        self, parts: Sequence[str], told: Parameters, *, redirect: bool, unsaid: Parameters
    ) -> PageAnswer:
        locale = told.get(LOCALE) if self._localised else None
        if redirect or self._options.pages.force_redirect:
            found = await asyncio.to_thread(self._folder.find_localised, parts, locale)
            path = "/".join(parts if found is None else found.parts)
            address = f"{told['publicServerUrl']}/{self.endpoint}/{path}"
            return Redirect(with_query(address, told), told)
        template = await asyncio.to_thread(self._template, parts, locale)
        if template is None:
            return NotFound()
        return await self._html(template, told, told, unsaid)

    async def _html(
        self, template: Template, known: Parameters, told: Parameters, unsaid: Parameters
    ) -> Html:
        shown = {**unsaid, **known}
        if self._built_in and self._localised and _ERROR in shown:
            shown[_ERROR] = self._errors.in_language(shown[_ERROR], known.get(LOCALE))
        own = {name: known[name] for name in _OWN if name in known}
        parameters: Values = {**self._places(known), **template_values(shown), **own}
        text = render(
            template,
            parameters,
            await self._placeholders(shown),
            self._translated(known.get(LOCALE), parameters),
        )
        return Html(text, told, self._policy(text, known))

    def _places(self, known: Parameters) -> Values:
        """Where forms go: `{{pagesUrl}}/request_password_reset`."""
        app_id = quote(self._options.app_id, safe="")
        url = f"{known.get('publicServerUrl', '')}/{self.endpoint}/{app_id}"
        return {"pagesEndpoint": self.endpoint, "pagesUrl": url}

    async def _placeholders(self, parameters: Parameters) -> Values:
        given = self._options.pages.placeholders
        found = await call(given, parameters) if callable(given) else given
        return found if isinstance(found, Mapping) else {}

    def _translated(self, locale: str | None, parameters: Values) -> Values:
        if self._translations is None or not self._localised:
            return {}
        return self._translations.values(locale, parameters)

    def _policy(self, text: str, known: Parameters) -> str | None:
        """Pages of the app's own may need what we cannot know: they get none."""
        if not self._built_in:
            return None
        targets = [known.get("publicServerUrl", ""), *self._elsewhere.values()]
        return content_security_policy(
            text, form_targets=filter(None, targets), framed_by=self._options.parse_frame_url
        )

    def _template(self, parts: Sequence[str], locale: str | None) -> Template | None:
        text = self._text(parts, locale)
        return None if text is None else parse(text, lambda name: self._text(parts_of(name), None))

    def _text(self, parts: Sequence[str], locale: str | None) -> str | None:
        found = self._folder.find_localised(parts, locale)
        try:
            return None if found is None else found.path.read_text("utf-8", "replace")
        except OSError:
            return None


def _with_locale(parameters: Parameters, locale: str | None) -> Parameters:
    others = {name: value for name, value in parameters.items() if name != LOCALE}
    return others if locale is None else {**others, LOCALE: locale}
