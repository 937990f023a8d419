"""A request for a page, as handlers of custom routes see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from parsepy.pages.locale import locale_of

LOCALE: Final = "locale"
LOCALE_HEADER: Final = "x-parse-page-param-locale"


@dataclass(frozen=True, slots=True)
class PageRequest:
    """`query` and `form` hold texts only, `headers` names in lower case; `parameters` are those
    of a custom route's path (`invitation/:code`). `address` is the client's."""

    method: str
    app_id: str | None
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    address: str = ""

    @property
    def locale(self) -> str | None:
        """The language that was asked for, where it is a language tag."""
        return locale_of(
            self.query.get(LOCALE),
            self.form.get(LOCALE),
            self.parameters.get(LOCALE),
            self.headers.get(LOCALE_HEADER),
        )

    @property
    def by_script(self) -> bool:
        """Whether a script sent it, which wants JSON and no page."""
        return self.headers.get("x-requested-with", "").lower() == "xmlhttprequest"
