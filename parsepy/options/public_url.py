"""The address under which users reach the server from outside."""

from parsepy.options.errors import OptionsError
from parsepy.options.functions import call
from parsepy.options.model import ServerOptions


async def public_url(options: ServerOptions) -> str | None:
    """Option `publicServerURL`, asked where it is a function, without a final slash.

    Raises `OptionsError` when the function gives no address.
    """
    given = options.public_server_url
    if given is None:
        return None
    url = given if isinstance(given, str) else await call(given)
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise OptionsError(
            "The option publicServerURL must be a valid URL starting with http:// or https://."
        )
    return url.rstrip("/")
