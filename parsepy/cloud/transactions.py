"""All or nothing, for whatever cloud code does in between."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from parsepy.cloud.current import current


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """What is saved and destroyed inside is kept together at the end of the block, or not at all
    when the block raises; saves of triggers are in it too.

        async with cloud.transaction():
            await order.save(use_master_key=True)
            await stock.save(use_master_key=True)

    Raises `TransactionLost` when others were faster: the work may be done anew. Classes and fields
    that are not there yet cannot be made inside. On MongoDB it needs a replica set.
    """
    storage = current().objects.storage
    if storage.current_transaction is not None:
        # One within another is part of it.
        yield
        return
    async with storage.transaction():
        yield
