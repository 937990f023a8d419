"""What a client needs before it can log in: a one-time code, a WebAuthn challenge (section 15)."""

from typing import cast

from parsepy import errors
from parsepy.auth.base import AuthRequest
from parsepy.errors import Code, ParseError
from parsepy.objects.context import RequestContext
from parsepy.types import JSONMapping, JSONObject, ParseObject
from parsepy.users.auth_data import AuthData, Given, given
from parsepy.users.auth_data.requests import auth_request
from parsepy.users.password_log_in import PasswordLogIn


class Challenges:
    def __init__(self, log_in: PasswordLogIn, auth_data: AuthData) -> None:
        self._log_in = log_in
        self._auth_data = auth_data

    async def answer(self, ctx: RequestContext, parameters: JSONMapping) -> JSONObject:
        """`{"challengeData": {provider: …}}`. Raises -1, 101, 205, and what providers raise."""
        wanted = _wanted(parameters)
        sent = _sent(parameters)
        user = await self._user(ctx, parameters, sent)
        proofs = {} if sent is None else sent.proofs
        request = auth_request(ctx, user, proofs, is_challenge=True)
        answers: JSONObject = {}
        for name in sorted(wanted):
            provider = self._auth_data.providers.get(name)
            if provider is None or not provider.challenges:
                continue
            answer = await provider.challenge(wanted[name], proofs.get(name), request)
            # parse-server says `true` for a provider that has nothing to say.
            answers[name] = True if answer is None else answer
        return {"challengeData": answers}

    async def _user(
        self, ctx: RequestContext, parameters: JSONMapping, sent: Given | None
    ) -> ParseObject | None:
        """Whom the challenge is for; nobody where the client names nobody."""
        if parameters.get("username") or parameters.get("email"):
            created_with: JSONObject = {"action": "login", "authProvider": "password"}
            return await self._log_in.prove(ctx, parameters, created_with)
        if sent is None:
            return None
        try:
            return await self._identified(ctx, sent)
        except ParseError:
            # Whatever is wrong with a proof: ids must not be found out by trying.
            raise errors.object_not_found("User not found.") from None

    async def _identified(self, ctx: RequestContext, sent: Given) -> ParseObject:
        first = auth_request(ctx, None, sent.proofs, is_challenge=True)
        identified = await self._auth_data.identify(first, sent, {})
        owners = await self._auth_data.owners(ctx, identified.proofs)
        if len(owners) != 1:
            raise errors.object_not_found()
        request: AuthRequest = auth_request(ctx, owners[0], identified.proofs, is_challenge=True)
        proven = {name: data for name, data in identified.proofs.items() if "id" in data}
        await self._auth_data.validate(ctx, request, proven, owners[0], logged_in=False)
        return owners[0]


def _wanted(parameters: JSONMapping) -> JSONObject:
    named = parameters.get("username") or parameters.get("email")
    if named and not parameters.get("password"):
        raise _refused("You provided username or email, you need to also provide password.")
    wanted = parameters.get("challengeData")
    if not wanted and wanted != {}:
        raise _refused("Nothing to challenge.")
    if not isinstance(wanted, dict):
        raise _refused("challengeData should be an object.")
    return wanted


def _sent(parameters: JSONMapping) -> Given | None:
    """`None` where nobody is named by them."""
    data = parameters.get("authData")
    if not data and not isinstance(data, dict | list):
        return None
    if not isinstance(data, dict):
        raise _refused("authData should be an object.")
    if parameters.get("username") or parameters.get("email"):
        raise _refused(
            "You cannot provide username/email and authData, only use one identification method."
        )
    for name, each in data.items():
        if not isinstance(each, dict):
            raise _refused(f"authData.{name} should be an object.")
    with_id = [name for name, each in data.items() if cast("JSONObject", each).get("id")]
    if len(with_id) > 1:
        raise _refused("You cannot provide more than one authData provider with an id.")
    return given({"authData": data})


def _refused(message: str) -> ParseError:
    return ParseError(Code.OTHER_CAUSE, message)
