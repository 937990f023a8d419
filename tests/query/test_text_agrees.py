"""A text search means the same to MongoDB, SQLite and the matcher, down to the score.

The languages beside English have words here that no stop list holds: SQLite leaves none out there.
"""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from parsepy.query.options import FindOptions
from parsepy.query.tree import Path, Text, Where
from parsepy.storage.base import Storage
from parsepy.types import ParseObject
from tests.query.conftest import Stores
from tests.query.samples import SCHEMA

pytestmark = pytest.mark.anyio

EXAMPLES = int(os.environ.get("PARSEPY_AGREEMENT_EXAMPLES", "40"))
WORDS = (
    "coffee Coffee coffees shop shopping Café cafe CAFE naïve the and not don't it's running runs"
    " happily baking Bake cakes x1 _u a_b well-known Zauber leche Сырники 東京 C++ 3.14 straße"
).split()
GAPS = [" ", " ", " ", ", ", "-", "  ", ". ", "/", "'", '"', "\t", "\n"]
# What FTS5 and MongoDB read as syntax.
PARTS = ["-", "- ", '"', '""', "-coffee-cake", 'coffee"cake"', '-"coffee"-"cake"', "NEAR(a b)"]
PARTS += ["terms:coffee", "^coffee", "coffee*", "coffee AND cake", "coffee + shop", "{a}: b", "--"]

words = st.sampled_from(WORDS)
texts = st.lists(st.tuples(words, st.sampled_from(GAPS)), max_size=7).map(
    lambda pairs: "".join(word + gap for word, gap in pairs)
)
_quoted = st.lists(words, min_size=1, max_size=2).map(lambda found: f'"{" ".join(found)}"')
_parts: SearchStrategy[str] = st.one_of(
    words,
    words,
    _quoted,
    words.map(lambda word: f"-{word}"),
    _quoted.map(lambda phrase: f"-{phrase}"),
    st.sampled_from(PARTS),
)
terms = st.lists(_parts, min_size=1, max_size=5).map(" ".join)
searches = st.builds(
    Text,
    st.just(Path("text", SCHEMA.type_of("text"))),
    terms,
    st.sampled_from([None, None, "none", "english", "es", "German", "russian"]),
    st.booleans(),
    st.booleans(),
)
documents = st.lists(texts, min_size=1, max_size=8).map(
    lambda found: [
        {
            "objectId": f"o{number}",
            "createdAt": "2024-01-02T03:04:05.678Z",
            "updatedAt": "2024-01-02T03:04:05.678Z",
            "text": text,
        }
        for number, text in enumerate(found)
    ]
)


async def scores(store: Storage, where: Where) -> dict[str, float]:
    found = await store.find(SCHEMA, where, FindOptions(score=True))
    return {str(each["objectId"]): round(float(str(each["score"])), 9) for each in found}


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    print_blob=True,
    # The stores are emptied by each example itself.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(documents=documents, asked=st.lists(searches, min_size=8, max_size=16))
async def test_every_evaluator_finds_the_same(
    stores: Stores, documents: list[ParseObject], asked: list[Text]
) -> None:
    await stores.hold(documents)
    for where in asked:
        assert not await stores.disagreement(documents, where), where
        assert await scores(stores.sqlite, where) == await scores(stores.mongodb, where), where
