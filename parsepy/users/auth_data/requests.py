"""On whose behalf a provider is asked."""

from collections.abc import Mapping

from parsepy.auth.base import AuthRequest
from parsepy.objects.context import RequestContext
from parsepy.types import JSONMapping, JSONObject, ParseObject
from parsepy.users.public_fields import without_secrets


def auth_request(
    ctx: RequestContext,
    user: ParseObject | None,
    proofs: Mapping[str, JSONObject],
    body: JSONMapping | None = None,
    *,
    is_challenge: bool = False,
) -> AuthRequest:
    """`user` is the one whom the proofs are for, as he is stored; `body` is what else a write
    brings. Passwords, hashes and tokens stay here."""
    caller = ctx.caller
    original = None if user is None else without_secrets(user)
    authentication: JSONObject = {}
    stored = (original or {}).get("authData")
    if isinstance(stored, dict):
        authentication |= stored
    authentication.update(proofs)
    changed = {**(original or {}), **without_secrets(body or {})}
    if authentication:
        changed["authData"] = authentication
    return AuthRequest(
        user=None if caller.user is None else without_secrets(caller.user),
        object=changed,
        original=original,
        master=caller.is_master,
        is_read_only=caller.is_read_only,
        ip=ctx.address,
        installation_id=caller.installation_id,
        headers={
            name.decode("latin-1"): value.decode("latin-1") for name, value in ctx.headers.items()
        },
        is_challenge=is_challenge,
    )


def reading_request(ctx: RequestContext) -> AuthRequest:
    """Who reads a user."""
    caller = ctx.caller
    return AuthRequest(
        user=None if caller.user is None else without_secrets(caller.user),
        master=caller.is_master,
        ip=ctx.address,
    )
