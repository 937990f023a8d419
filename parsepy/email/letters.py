"""Letters about accounts, written out of templates in the recipient's language."""

import asyncio
import logging
from pathlib import Path
from typing import Final, NamedTuple

from parsepy.email.base import Letter, Message
from parsepy.email.mail import Kind
from parsepy.email.mime import one_line
from parsepy.email.scrubbing import reason_of
from parsepy.email.template_folder import HTML, SUBJECT, TEXT, TemplateFolder, languages

_log = logging.getLogger(__name__)

BUILT_IN: Final = Path(__file__).with_name("templates")
FALLBACK: Final = "en"


class _Parts(NamedTuple):
    """Each part of a letter with the folder that it is in."""

    subject: tuple[TemplateFolder, str]
    text: tuple[TemplateFolder, str]
    html: tuple[TemplateFolder, str] | None


class Letters:
    """`fallback` is the language of those whose own there is no letter in; `locale_field` names the
    field of users that holds their language."""

    def __init__(
        self,
        folder: Path | None = None,
        fallback: str = FALLBACK,
        locale_field: str | None = None,
    ) -> None:
        self._built_in = TemplateFolder(BUILT_IN)
        self._own = None if folder is None else TemplateFolder(folder, behind=BUILT_IN)
        self._fallback = fallback
        self._locale_field = locale_field

    def check(self, path: str) -> None:
        """Raises `OptionsError` where the app's own templates cannot work."""
        if self._own is not None:
            self._own.check(path)

    async def write(self, kind: Kind, letter: Letter) -> Message:
        # The first letter imports the templates' engine and reads files.
        return await asyncio.to_thread(self._write, kind, letter)

    def _write(self, kind: Kind, letter: Letter) -> Message:
        tags = languages(self._locale_of(letter), self._fallback)
        if self._own is not None:
            try:
                return _rendered(self._parts(kind, tags, self._own), letter)
            except Exception as error:
                # Whoever waits for the letter needs its link more than its looks.
                _log.error("a template of the app's own failed (%s): %s", kind, reason_of(error))
        return _rendered(self._parts(kind, tags, self._built_in), letter)

    def _locale_of(self, letter: Letter) -> str | None:
        """The user's own choice before what his request has told."""
        found = letter.user.get(self._locale_field) if self._locale_field is not None else None
        return found if isinstance(found, str) and found else letter.locale

    def _parts(self, kind: Kind, tags: list[str], folder: TemplateFolder) -> _Parts:
        """The app's own letter is one language's; what that lacks is ours. Without an HTML part it
        has none, unless it has no text either."""
        tag = next((tag for tag in tags if folder.has_letter(tag, kind)), None)
        own = [] if tag is None else [tag]

        def part(suffix: str) -> tuple[TemplateFolder, str]:
            found = folder.find(own, kind + suffix)
            if found is not None:
                return folder, found
            return self._built_in, self._built_in.find([*tags, FALLBACK], kind + suffix) or ""

        has_text_alone = (
            folder.find(own, kind + HTML) is None and folder.find(own, kind + TEXT) is not None
        )
        return _Parts(part(SUBJECT), part(TEXT), None if has_text_alone else part(HTML))


def _rendered(parts: _Parts, letter: Letter) -> Message:
    values: dict[str, object] = {
        "app_name": one_line(letter.app_name),
        "link": letter.link,
        "email": letter.to,
        "username": one_line(str(letter.user.get("username", ""))),
        "user": letter.user,
        "locale": letter.locale or "",
    }

    def render(part: tuple[TemplateFolder, str]) -> str:
        folder, template = part
        return folder.render(template, values)

    return Message(
        to=letter.to,
        subject=one_line(render(parts.subject)),
        text=render(parts.text),
        html=None if parts.html is None else render(parts.html),
    )
