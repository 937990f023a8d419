"""The rows of one relation."""

from collections.abc import AsyncIterator

from parsepy.copying.digest import Total
from parsepy.copying.inventory import Inventory
from parsepy.copying.report import Part
from parsepy.query.tree import EVERYTHING
from parsepy.schema.classes import missing_class
from parsepy.schema.system_classes import is_join
from parsepy.storage.base import Storage
from parsepy.storage.scanned import Pair
from parsepy.telemetry.progress import Progress


async def fill(
    source: Storage, target: Storage, join_class: str, part: Part, progress: Progress
) -> None:
    """For a target that has no row of the relation."""
    async for rows in distinct_rows(source, join_class):
        await target.insert_relation(join_class, rows)
        part.written += len(rows)
        progress.advance(len(rows))


async def reconcile(
    source: Storage, target: Storage, join_class: str, part: Part, progress: Progress
) -> None:
    """Rows have no id by which single ones could be compared: all are right, or made anew."""
    if await total_of(source, join_class) == await total_of(target, join_class):
        return
    await target.delete(missing_class(join_class), EVERYTHING)
    await fill(source, target, join_class, part, progress)


async def delete_strays(inventory: Inventory, target: Storage) -> None:
    """Deletes the rows of relations that the source has none of any more."""
    for name in (await target.stored_names()).classes:
        if is_join(name) and name not in inventory.relations:
            await target.delete(missing_class(name), EVERYTHING)


async def total_of(storage: Storage, join_class: str) -> Total:
    total = Total()
    async for rows in distinct_rows(storage, join_class):
        total.add({"owningId": row.owning_id, "relatedId": row.related_id} for row in rows)
    return total


async def distinct_rows(storage: Storage, join_class: str) -> AsyncIterator[list[Pair]]:
    """Each row once: MongoDB has no unique index on them, so a race may have doubled some."""
    owner, seen = "", set[str]()
    async for rows in storage.scan_relation(join_class):
        batch = []
        for row in rows:
            if row.owning_id != owner:
                owner, seen = row.owning_id, set()
            if row.related_id not in seen:
                seen.add(row.related_id)
                batch.append(row)
        yield batch
