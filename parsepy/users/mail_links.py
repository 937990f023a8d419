"""The links in mails about accounts (users sheet, section 18)."""

from typing import Final
from urllib.parse import quote

from parsepy.options.model import ServerOptions

VERIFY_PAGE: Final = "verify_email"
RESET_PAGE: Final = "request_password_reset"

_UNRESERVED: Final = "!'()*~"
"""What JavaScript's encodeURIComponent leaves alone, beside letters, digits and `-_.`."""


def page_link(options: ServerOptions, public_url: str, page: str, token: str) -> str:
    """`<publicServerURL>/apps/<appId>/<page>?token=<token>`; with `customPages.parseFrameURL` that
    address, which gets the page's path and the token."""
    path = f"/{options.pages.pages_endpoint}/{_encoded(options.app_id)}/{page}"
    query = f"token={_encoded(token)}"
    if options.parse_frame_url is not None:
        return f"{options.parse_frame_url}?link={_encoded(path)}&{query}"
    return f"{public_url}{path}?{query}"


def _encoded(text: str) -> str:
    return quote(text, safe=_UNRESERVED)
