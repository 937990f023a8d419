"""The mails that wait in the store, one row each.

`due` is when somebody may take the row: at first at once, after a failed try later, and while a
process is sending the mail, when that process has to be given up. So a mail of a process that died
is due by itself. Rows are no objects of an app: no permission, trigger or schema has a say.
"""

from dataclasses import dataclass
from typing import Final

from parsepy.email import mail as mails
from parsepy.email.mail import Mail, MailUnreadable
from parsepy.protocol import dates, ids
from parsepy.protocol.field_types import NUMBER, STRING
from parsepy.protocol.operations import Increment, SetValue
from parsepy.query import tree
from parsepy.query.options import FindOptions
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.schema.system_classes import MAIL_CLASS
from parsepy.storage.base import Index, Storage
from parsepy.types import ParseObject

SCHEMA: Final = ClassSchema(
    ClassDefinition(
        MAIL_CLASS,
        {
            "mail": Field(STRING),
            "due": Field(NUMBER),
            "attempts": Field(NUMBER),
            "claim": Field(STRING),
        },
    )
)
DUE: Final = tree.Path("due", NUMBER)
_EVER_DUE: Final = tree.Compare(DUE, ">=", 0)
_EARLIEST: Final = FindOptions(order=(("due", False),), limit=1, fields=frozenset(("due",)))
_CLAIM_LENGTH: Final = 16


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that is this process's for now. `mail` is `None` where nobody can read it."""

    id: str
    mail: Mail | None
    attempts: int
    """This one included."""
    claim: str


class OutboxRows:
    """Times are milliseconds since 1970. Raises `ParseError` 1 where the store does not answer."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def prepare(self) -> None:
        """For many rows that wait: each claim looks for those that are due."""
        await self._storage.ensure_indexes([Index(MAIL_CLASS, "due", ("due",))])

    async def add(self, mail: Mail, now: int) -> None:
        stamp = dates.format_ms(now)
        row: ParseObject = {
            "objectId": mail.id,
            "createdAt": stamp,
            "updatedAt": stamp,
            "mail": mails.to_text(mail),
            "due": now,
            "attempts": 0,
        }
        await self._storage.insert(SCHEMA, row)

    async def claim(self, now: int, until: int) -> Claimed | None:
        """Takes a mail that is due, for this process alone until then; `None` when none is."""
        claim = ids.random_text(_CLAIM_LENGTH)
        row = await self._storage.update(
            SCHEMA,
            tree.Compare(DUE, "<=", now),
            {"due": SetValue(until), "claim": SetValue(claim), "attempts": Increment(1)},
        )
        if row is None:
            return None
        mail_id, attempts = str(row["objectId"]), row["attempts"]
        try:
            mail = mails.from_text(mail_id, row.get("mail"))
        except MailUnreadable:
            mail = None
        return Claimed(mail_id, mail, attempts if isinstance(attempts, int) else 1, claim)

    async def put_off(self, claimed: Claimed, due: int) -> None:
        """Gives the mail back; does nothing when it is another process's by now."""
        mine = tree.And((_has_id(claimed.id), tree.Equal(tree.Path("claim"), claimed.claim)))
        await self._storage.update(SCHEMA, mine, {"due": SetValue(due)})

    async def remove(self, mail_id: str) -> None:
        await self._storage.delete(SCHEMA, _has_id(mail_id))

    async def next_due(self) -> int | None:
        """When the next mail is due; `None` when none waits."""
        rows = await self._storage.find(SCHEMA, _EVER_DUE, _EARLIEST)
        due = rows[0].get("due") if rows else None
        return int(due) if isinstance(due, int | float) else None


def _has_id(mail_id: str) -> tree.Where:
    return tree.Equal(tree.Path("objectId"), mail_id)
