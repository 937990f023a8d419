"""Whether a log-in brings every proof that the user's providers ask for (section 15)."""

from collections.abc import Mapping

from parsepy.auth.base import AuthProvider, AuthRequest
from parsepy.errors import Code, ParseError
from parsepy.types import JSONObject


async def check(
    providers: Mapping[str, AuthProvider],
    request: AuthRequest,
    proofs: Mapping[str, JSONObject],
    stored: Mapping[str, JSONObject],
) -> None:
    """`stored` are the user's providers. One `solo` among the proofs suffices; else one of his
    `additional` ones has to be there, if he has any. Raises -1."""
    by_name = {
        name: await providers[name].policy(request, data)
        for name, data in stored.items()
        if name in providers
    }
    if any(policy == "solo" and name in proofs for name, policy in by_name.items()):
        return
    additional = sorted(name for name, policy in by_name.items() if policy == "additional")
    if additional and not any(name in proofs for name in additional):
        raise ParseError(Code.OTHER_CAUSE, f"Missing additional authData {','.join(additional)}")
