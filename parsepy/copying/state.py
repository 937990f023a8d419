"""The mark of an unfinished copy, kept in the target so that it cannot be lost without it."""

from dataclasses import dataclass
from typing import Final

from parsepy.copying.inventory import STATE_CLASS
from parsepy.protocol import dates
from parsepy.schema.classes import missing_class
from parsepy.storage.base import Storage

_ID: Final = "copy"
_SCHEMA: Final = missing_class(STATE_CLASS)


@dataclass(frozen=True, slots=True)
class State:
    """`source` is a `Place.identity`, `started_at` ISO text."""

    source: str
    started_at: str


async def read_state(target: Storage) -> State | None:
    found = await target.get(_SCHEMA, _ID, None)
    return None if found is None else State(str(found["source"]), str(found["startedAt"]))


async def begin_state(target: Storage, source: str) -> State:
    state = State(source, dates.now())
    document = {"objectId": _ID, "source": source, "startedAt": state.started_at}
    await target.insert(_SCHEMA, {**document})
    return state


async def end_state(target: Storage) -> None:
    await target.delete_class(_SCHEMA)
