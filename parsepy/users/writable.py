"""The user that an update is about, for rules that look at him before the store does."""

from parsepy.objects import write_steps
from parsepy.objects.write_state import Write
from parsepy.query.options import ONE
from parsepy.types import ParseObject


async def writable_user(write: Write) -> ParseObject:
    """The user before the write, as he is stored. After the class-level permissions.

    Raises what keeps the caller from writing him: rules that compare with a row, or ask an app's
    functions about it, would tell everybody what is in it.
    """
    await write_steps.select_object(write)
    found = await write.ctx.services.storage.find(write.schema, write.target, ONE)
    if not found:
        await write_steps.refuse_unselected(write)
    return found[0]
