"""The steps of enrolling, logging in, changing and removing.

As parse-server stores them: `secret` and `recovery` (TOTP); `mobile`, and `token` and `expiry` of
the code that was sent to it last (SMS); `pending`, numbers that wait for their first code. Our own
is `usedUntil`: until when codes of the authenticator app are spent. parse-server keeps it there and
does not ask it.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Final

from parsepy.auth.base import (
    ACCEPTED,
    AuthProvider,
    AuthRequest,
    Policy,
    ProviderSettings,
    Stage,
    Verdict,
)
from parsepy.auth.mfa import recovery, sms, totp
from parsepy.auth.mfa.options import MfaOptions, read_options
from parsepy.errors import Code, ParseError, script_failed
from parsepy.protocol.clock import now_seconds
from parsepy.types import JSONObject, JSONValue

REQUEST: Final = "request"
"""In place of a code: send one."""

_KEPT_AS_IT_IS: Final = Verdict(do_not_save=True)
_APP: Final = ("secret", "usedUntil")
_SENT: Final = ("token", "expiry")


class MfaProvider(AuthProvider):
    """`clock` gives the seconds since 1970."""

    needs_id = False
    reveals_as_stored = False
    locks = True
    only_adds = True
    # Or whoever loses the options, in a migration say, opens all accounts to mere passwords.
    holds_unconfigured = True

    def __init__(
        self, settings: ProviderSettings, clock: Callable[[], float] = now_seconds
    ) -> None:
        super().__init__(settings)
        self._clock = clock

    def check_options(self) -> None:
        read_options(self.settings.options)

    async def validate(self, stage: Stage, auth_data: JSONObject, request: AuthRequest) -> Verdict:
        """Raises 141, or 252 where MFA is not configured."""
        if not self.settings.options:
            raise ParseError(Code.UNSUPPORTED_SERVICE, "This authentication method is unsupported.")
        if stage is Stage.SET_UP:
            return await self._enrol(auth_data, {})
        stored = _stored(request)
        if stage is Stage.LOGIN:
            return await self._log_in(auth_data, stored)
        return ACCEPTED if request.master else await self._change(auth_data, stored)

    async def policy(self, request: AuthRequest, stored: JSONObject) -> Policy:
        """A number that is only pending proves nothing, so nobody is asked for it."""
        return "additional" if is_enrolled(stored) else "default"

    async def check_unlink(self, stored: JSONObject, request: AuthRequest) -> None:
        if is_enrolled(stored):
            raise script_failed("Invalid MFA token: removing MFA takes a code in authData.mfa.old.")

    async def after_find(self, auth_data: JSONObject, request: AuthRequest) -> JSONObject | None:
        if request.master:
            return None
        return {"status": "enabled" if is_enrolled(auth_data) else "disabled"}

    @cached_property
    def _options(self) -> MfaOptions:
        return read_options(self.settings.options)

    # -- stages

    async def _log_in(self, sent: JSONObject, stored: JSONObject) -> Verdict:
        token = sent.get("token")
        if self._asks_for_code(token, stored):
            return await self._sent_to_user(stored)
        if is_enrolled(stored):
            return Verdict(save=await self._without_code(token, stored))
        if isinstance(token, str):
            return _KEPT_AS_IT_IS
        raise _invalid()

    async def _change(self, sent: JSONObject, stored: JSONObject) -> Verdict:
        """By the user himself; what opens the old opens the new."""
        if sent.keys() == {"status"}:
            # What he was shown, sent back with other changes.
            return _KEPT_AS_IT_IS
        mobile = sent.get("mobile") if self._options.sms else None
        if mobile and sent.get("token"):
            return await self._confirm(mobile, sent["token"], stored)
        if not is_enrolled(stored):
            if mobile and self._awaits_code(stored):
                raise _already_set_up()
            return await self._enrol(sent, {})
        if "old" not in sent and mobile:
            raise _already_set_up()
        if self._asks_for_code(sent.get("old"), stored):
            return await self._sent_to_user(stored)
        kept = await self._without_code(sent.get("old"), stored)
        return Verdict(remove=True) if sent.keys() == {"old"} else await self._enrol(sent, kept)

    async def _enrol(self, sent: JSONObject, kept: JSONObject) -> Verdict:
        """`kept` is what the user is enrolled with until the new is confirmed."""
        mobile = sent.get("mobile")
        if mobile and self._options.sms:
            code = await sms.send_code(mobile, self._options, self._clock())
            return Verdict(save={**kept, "pending": {str(mobile): code}})
        if self._options.totp:
            return self._enrol_app(sent, kept)
        raise _invalid_data()

    def _enrol_app(self, sent: JSONObject, kept: JSONObject) -> Verdict:
        secret, token = sent.get("secret"), sent.get("token")
        if not isinstance(secret, str) or not token or not totp.is_secret(secret):
            raise _invalid_data()
        if self._end_of_code(token, secret, 0) is None:
            raise _invalid()
        codes = recovery.new_codes()
        save: JSONObject = {
            "secret": secret,
            "recovery": [recovery.hashed(code) for code in codes],
        }
        if "usedUntil" in kept and totp.same_secret(secret, kept.get("secret")):
            save["usedUntil"] = kept["usedUntil"]
        return Verdict(save=save, response={"recovery": ", ".join(codes)})

    async def _confirm(self, mobile: JSONValue, token: JSONValue, stored: JSONObject) -> Verdict:
        """The number takes the place of what the user was enrolled with. Recovery codes stay."""
        pending = _pending(stored)
        code = pending.get(mobile) if isinstance(mobile, str) else None
        if not isinstance(code, dict):
            raise script_failed("This number is not pending")
        if not await sms.is_code(token, code.get("token")) or self._is_over(code):
            raise _invalid()
        kept = _but(stored, *_APP, *_SENT)
        rest = {number: each for number, each in pending.items() if number != mobile}
        return Verdict(save={**kept, "pending": rest, "mobile": mobile})

    # -- codes

    def _asks_for_code(self, token: JSONValue, stored: JSONObject) -> bool:
        return token == REQUEST and self._options.sms and bool(stored.get("mobile"))

    async def _sent_to_user(self, stored: JSONObject) -> Verdict:
        code = await sms.send_code(stored.get("mobile"), self._options, self._clock())
        return Verdict(save={**stored, **code}, refusal=script_failed("Please enter the token"))

    async def _without_code(self, token: JSONValue, stored: JSONObject) -> JSONObject:
        """What is stored once `token` is spent. Raises 141 for a token that opens nothing."""
        if isinstance(token, str):
            codes = recovery.without(stored.get("recovery"), token)
            if codes is not None:
                return {**stored, "recovery": codes}
            end = self._end_of_code(token, stored.get("secret"), stored.get("usedUntil"))
            if end is not None:
                return {**stored, "usedUntil": end}
        if not stored.get("mobile"):
            raise _invalid()
        if not await sms.is_code(token, stored.get("token")):
            raise script_failed("Invalid MFA token 1")
        if self._is_over(stored):
            raise script_failed("Invalid MFA token 2")
        return _but(stored, *_SENT)

    def _end_of_code(self, token: JSONValue, secret: JSONValue, used: JSONValue) -> int | None:
        if not isinstance(token, str) or not isinstance(secret, str):
            return None
        used_until = used if isinstance(used, int | float) else 0
        return totp.end_of_code(token, secret, self._options, self._clock(), used_until=used_until)

    def _awaits_code(self, stored: JSONObject) -> bool:
        """Whether a number is pending whose code is still good: no other is sent meanwhile."""
        codes = _pending(stored).values()
        return any(isinstance(code, dict) and not self._is_over(code) for code in codes)

    def _is_over(self, code: JSONObject) -> bool:
        return sms.is_over(code.get("expiry"), self._clock())


def is_enrolled(stored: JSONObject) -> bool:
    """Also for what the option `options` offers no longer: it must not open by that."""
    return bool(stored.get("secret") or stored.get("mobile"))


def _stored(request: AuthRequest) -> JSONObject:
    data = (request.original or {}).get("authData")
    mine = data.get("mfa") if isinstance(data, dict) else None
    if not isinstance(mine, dict):
        return {}
    # Written by whatever is written: then no write can take away that a code was spent meanwhile.
    return {"usedUntil": 0, **mine} if mine.get("secret") else mine


def _pending(stored: JSONObject) -> JSONObject:
    pending = stored.get("pending")
    return pending if isinstance(pending, dict) else {}


def _but(stored: JSONObject, *names: str) -> JSONObject:
    return {name: value for name, value in stored.items() if name not in names}


def _invalid() -> ParseError:
    return script_failed("Invalid MFA token")


def _invalid_data() -> ParseError:
    return script_failed("Invalid MFA data")


def _already_set_up() -> ParseError:
    return script_failed("MFA is already set up on this account")
