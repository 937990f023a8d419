"""What really is in the store, hashes and tokens and all: to see that nothing has changed."""

from parsepy.query.tree import EVERYTHING
from parsepy.types import ParseObject
from tests.support.local_app import LocalApp


async def rows_of(app: LocalApp, class_name: str) -> list[ParseObject]:
    """Every object of the class as the store has it, in the order of their ids."""
    schema = await app.app.parts.schemas.get(class_name)
    found = await app.storage.storage.find(schema, EVERYTHING)
    return sorted(found, key=lambda row: str(row["objectId"]))
