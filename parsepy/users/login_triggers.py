"""The triggers around logging in and out (cloud-code sheet, 4.6 and 4.7)."""

import msgspec

from parsepy.objects.context import RequestContext
from parsepy.objects.present import Presenter, complete_for_triggers
from parsepy.protocol.find_parameters import Selection
from parsepy.types import JSONObject, ParseObject


async def before_login(ctx: RequestContext, user: JSONObject) -> None:
    """`user` has proved who he is, and has no session yet. Raises what refuses him."""
    await _tell(ctx, "_User", "beforeLogin", user)


async def after_login(ctx: RequestContext, user: JSONObject) -> None:
    """`user` comes with his `sessionToken`. What the trigger raises leaves the session alone."""
    if ctx.triggers_of("_User", "afterLogin") is None:
        return
    known: ParseObject = {name: user[name] for name in user if name != "sessionToken"}
    token = user.get("sessionToken")
    logged_in = msgspec.structs.replace(
        ctx.caller, user=known, session_token=token if isinstance(token, str) else None
    )
    await _tell(msgspec.structs.replace(ctx, caller=logged_in), "_User", "afterLogin", user)


async def after_logout(ctx: RequestContext, session: JSONObject) -> None:
    """`session` has ended."""
    await _tell(ctx, "_Session", "afterLogout", session)


async def before_password_reset_request(ctx: RequestContext, user: ParseObject) -> None:
    """Somebody asks for a mail with which the password of `user`, as he is stored, can be set
    anew. Raises what refuses it."""
    if ctx.triggers_of("_User", "beforePasswordResetRequest") is None:
        return
    schema = await ctx.services.schemas.get("_User")
    shown = Presenter(ctx.as_master(), schema, Selection(), frozenset()).present(dict(user))
    await complete_for_triggers(ctx, schema.name, shown)
    await _tell(ctx, "_User", "beforePasswordResetRequest", shown)


async def _tell(ctx: RequestContext, class_name: str, name: str, document: JSONObject) -> None:
    triggers = ctx.triggers_of(class_name, name)
    if triggers is not None:
        await triggers.tell(ctx, name, dict(document))
