"""The rows of `_JobStatus`, one for each job that was started (cloud-code sheet, section 2.2).

They are laid out as parse-server's, and the server's own book-keeping: no permission, trigger or
event has a say. Ours alone is what `updatedAt` means: the server that runs a job renews it, so a
running job can be told from one whose server has died (`watch.py`). parse-server leaves it at 1970.
"""

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Final

from parsepy.objects.context import ObjectServices
from parsepy.protocol import dates, values
from parsepy.protocol.field_types import DATE
from parsepy.protocol.operations import UNSET, Changes, SetValue
from parsepy.query import tree
from parsepy.query.options import FindOptions
from parsepy.schema.classes import ClassSchema
from parsepy.storage.updates import Update
from parsepy.types import ParseObject

CLASS_NAME: Final = "_JobStatus"
SOURCE: Final = "api"

_ID: Final = tree.Path("objectId")
_UPDATED_AT: Final = tree.Path("updatedAt", DATE)
_EPOCH: Final = "1970-01-01T00:00:00.000Z"
_SIGNS: Final = FindOptions(fields=frozenset(("updatedAt",)))


class Status(StrEnum):
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


_RUNNING: Final = tree.Equal(tree.Path("status"), Status.RUNNING.value)
_OURS: Final = tree.Compare(_UPDATED_AT, ">", values.date(_EPOCH))


class JobStatuses:
    """Methods raise `ParseError` 1 where the store does not answer."""

    def __init__(self, services: ObjectServices) -> None:
        self._services = services

    async def begin(self, job_id: str, job_name: str, message: str | None = None) -> None:
        """From here on the job is running."""
        now = dates.now()
        row: ParseObject = {
            "objectId": job_id,
            "createdAt": now,
            "updatedAt": now,
            "jobName": job_name,
            "status": Status.RUNNING.value,
            "source": SOURCE,
            "ACL": {},
        }
        if message is not None:
            row["message"] = message
        await self._services.storage.insert(await self._schema(), row)

    async def tell(self, job_id: str, message: str | None) -> None:
        """What the running job says about itself; `None` takes that back."""
        changes: Changes = {"message": UNSET if message is None else SetValue(message)}
        await self._update(_is_running(job_id), changes)

    async def end(self, job_id: str, status: Status, message: str | None) -> None:
        """How it went; without a `message` the last one stays."""
        changes: Changes = {
            "status": SetValue(status.value),
            "finishedAt": SetValue(values.date(dates.now())),
        }
        if message is not None:
            changes["message"] = SetValue(message)
        if await self._update(_is_running(job_id), changes) is None:
            # Another server has taken this one for dead, and said so.
            await self._update(_has_id(job_id), {"message": UNSET, **changes})

    async def renew(self, job_ids: Sequence[str]) -> None:
        """Tells that the jobs still run."""
        if job_ids:
            changes: Changes = {"updatedAt": SetValue(dates.now())}
            updates = [Update(job_id, _is_running(job_id), changes) for job_id in job_ids]
            await self._services.storage.update_many(await self._schema(), updates)

    async def signs(self, among: Collection[str] | None = None) -> dict[str, str]:
        """When each running job was renewed last, by its id. Jobs of parse-server are left out:
        nothing tells whether they run."""
        where = tree.both(_RUNNING, _OURS)
        if among is not None:
            where = tree.both(tree.In(_ID, tuple(among)), where)
        rows = await self._services.storage.find(await self._schema(), where, _SIGNS)
        return {str(row["objectId"]): str(row["updatedAt"]) for row in rows}

    async def give_up(self, job_id: str, sign: str, message: str) -> bool:
        """Ends a job that has given no sign since `sign`; whether that was so."""
        unchanged = tree.Equal(_UPDATED_AT, values.date(sign))
        changes: Changes = {
            "status": SetValue(Status.FAILED.value),
            "finishedAt": SetValue(values.date(dates.now())),
            "message": SetValue(message),
        }
        return await self._update(tree.both(_is_running(job_id), unchanged), changes) is not None

    async def _update(self, where: tree.Where, changes: Changes) -> ParseObject | None:
        changes = {**changes, "updatedAt": SetValue(dates.now())}
        return await self._services.storage.update(await self._schema(), where, changes)

    async def _schema(self) -> ClassSchema:
        return await self._services.schemas.get(CLASS_NAME)


def _has_id(job_id: str) -> tree.Where:
    return tree.Equal(_ID, job_id)


def _is_running(job_id: str) -> tree.Where:
    return tree.both(_has_id(job_id), _RUNNING)
