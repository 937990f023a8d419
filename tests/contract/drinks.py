"""Objects that the contract tests of text search share."""

from parsepy.query.tree import Text
from parsepy.schema.classes import ClassSchema
from parsepy.storage.base import Storage
from tests.contract.samples import path, thing

TEXTS = ["coffee", "Coffee Shopping", "Café con leche", "green tea", "coffee and cream"]


def text(term: str, key: str = "text", language: str | None = None) -> Text:
    return Text(path(key), term, language)


async def insert_drinks(storage: Storage, schema: ClassSchema) -> None:
    """`d0`, `d1`, … with their number; the last one has no text."""
    for number, words in enumerate(TEXTS):
        await storage.insert(schema, thing(f"d{number}", text=words, number=number))
    await storage.insert(schema, thing(f"d{len(TEXTS)}"))
