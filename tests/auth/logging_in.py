"""What a provider says to authentication data, as a value to compare."""

from parsepy.auth.base import AuthProvider, AuthRequest, ProviderSettings, Stage, Verdict
from parsepy.errors import ParseError
from parsepy.outbound import Outbound
from parsepy.types import JSONObject

ANYBODY = AuthRequest()


def settings(
    name: str, outbound: Outbound, options: dict[str, object], *, insecure: bool = False
) -> ProviderSettings:
    return ProviderSettings(name, options, outbound, insecure)


async def logged_in(provider: AuthProvider, auth_data: JSONObject) -> JSONObject:
    """What a log-in stores. Raises as the provider does."""
    found = await provider.identify(dict(auth_data), ANYBODY)
    verdict = await provider.validate(Stage.LOGIN, dict(found), ANYBODY)
    assert verdict == Verdict()
    return found


async def refused(provider: AuthProvider, auth_data: JSONObject) -> tuple[int, str] | None:
    """Code and text of the refusal of a log-in."""
    try:
        await logged_in(provider, auth_data)
    except ParseError as error:
        return error.code, error.message
    return None
