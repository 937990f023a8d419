"""Who has to confirm his address: options that may be functions (users sheet, section 10)."""

from parsepy.objects.context import RequestContext
from parsepy.objects.write_state import Write
from parsepy.options.functions import call
from parsepy.options.model import Decision, EmailVerification
from parsepy.protocol import operations
from parsepy.types import MISSING, JSONObject, Missing, ParseObject
from parsepy.users.public_fields import public_fields
from parsepy.users.verification_requests import VerificationMailRequest, VerificationRequest
from parsepy.users.writable import writable_user


class Decisions:
    def __init__(self, options: EmailVerification) -> None:
        self._options = options

    @property
    def never_asked(self) -> bool:
        """Whether nobody has to confirm anything."""
        return self._options.verify_user_emails is False

    async def must_confirm(self, request: VerificationRequest) -> bool:
        return await _decide(self._options.verify_user_emails, request)

    async def stays_out(self, request: VerificationRequest) -> bool:
        """Whether somebody who has not confirmed gets no session. The second function may be
        expensive, so it is asked only where the first one says yes."""
        prevented = self._options.prevent_login_with_unverified_email
        if prevented is False or not await self.must_confirm(request):
            return False
        return await _decide(prevented, request)

    async def gets_mail(self, ctx: RequestContext, user: ParseObject) -> bool:
        decision = self._options.send_user_email_verification
        if not callable(decision):
            return decision
        request = VerificationMailRequest(user=public_fields(user), master=ctx.caller.is_master)
        return bool(await call(decision, request))


async def _decide(decision: Decision, request: VerificationRequest) -> bool:
    if not callable(decision):
        return decision
    answer: object = await call(decision, request)
    return answer is True


def of_user(
    ctx: RequestContext,
    user: ParseObject,
    *,
    created_with: JSONObject | None = None,
    resend_request: bool = False,
) -> VerificationRequest:
    """About a stored user."""
    return VerificationRequest(
        object=public_fields(user),
        master=ctx.caller.is_master,
        ip=ctx.address,
        installation_id=ctx.caller.installation_id,
        created_with=created_with,
        resend_request=resend_request,
    )


async def of_write(write: Write) -> VerificationRequest:
    original = None if write.creating else public_fields(await writable_user(write))
    return VerificationRequest(
        object=_as_it_will_be(write, original or {}),
        original=original,
        master=write.ctx.caller.is_master,
        ip=write.ctx.address,
        installation_id=write.ctx.caller.installation_id,
        created_with=_created_with(write),
    )


def _as_it_will_be(write: Write, original: ParseObject) -> ParseObject:
    if write.stored is not None:
        return public_fields(write.stored)
    document: ParseObject = {"objectId": write.object_id, "createdAt": write.now, **original}
    document["updatedAt"] = write.now
    for name, operation in write.changes.items():
        root = name.partition(".")[0]
        if root.startswith("_") or root in ("authData", "password"):
            continue
        if "." in name:
            operations.apply_at_path(document, name, operation)
            continue
        value = operations.apply(operation, document.get(name, MISSING))
        if isinstance(value, Missing):
            document.pop(name, None)
        else:
            document[name] = value
    return document


def _created_with(write: Write) -> JSONObject | None:
    if not write.creating:
        return None
    return {"action": "signup", "authProvider": ",".join(providers_in(write)) or "password"}


def providers_in(write: Write) -> list[str]:
    """The providers whose data the write carries."""
    data = write.body.get("authData")
    return sorted(data) if isinstance(data, dict) else []
