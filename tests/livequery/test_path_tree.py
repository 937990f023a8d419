"""Which kept paths a document leads to."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsepy.livequery.path_tree import PathTree
from parsepy.protocol.field_types import ARRAY, OBJECT
from parsepy.query.traversal import reach
from parsepy.query.tree import Path
from parsepy.types import MISSING, JSONObject, ParseObject
from tests.query.samples import DOTTED_KEYS, FIELDS, PLAIN_KEYS, objects

PATHS = [
    Path(key, FIELDS.get(key.partition(".")[0]))
    for key in [*PLAIN_KEYS, *DOTTED_KEYS, "list.", "list.0.", "map.", "map.a.", "list..", "map..a"]
]


def tree_of(*paths: Path) -> PathTree[str]:
    tree: PathTree[str] = PathTree()
    for path in paths:
        tree.put(path, path.key)
    return tree


def found_in(tree: PathTree[str], document: JSONObject) -> Iterable[str]:
    found: dict[Path, str] = {}
    tree.find(document, found)
    return found.values()


@given(documents=objects, removed=st.sets(st.sampled_from(PATHS)))
def test_every_path_that_reaches_something_is_found(
    documents: list[ParseObject], removed: set[Path]
) -> None:
    tree = tree_of(*PATHS)
    for path in removed:
        tree.take(path)
    for document in documents:
        found = set(found_in(tree, document))
        for path in PATHS:
            if path in removed:
                assert path.key not in found
            elif any(value is not MISSING for value in reach(path)(document)):
                assert path.key in found


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ({"map": {"a": 1}}, ["map.a"]),
        ({"map": {"b": {"a": 1}}}, ["map.b.a"]),
        ({"map": [{"a": 1}]}, ["map.a"]),
        ({"map": {"c": 1}}, []),
        ({"map": 1}, []),
        ({"other": {"a": 1}}, []),
    ],
)
def test_other_paths_are_not_found(document: JSONObject, found: list[str]) -> None:
    tree = tree_of(*(Path(key) for key in ("map.a", "map.b.a", "text.a")))
    assert [*found_in(tree, document)] == found


def test_paths_differ_by_the_type_of_their_field() -> None:
    tree = tree_of(Path("a.b", OBJECT), Path("a.b", ARRAY), Path("a"))
    tree.take(Path("a.b", OBJECT))
    assert [*found_in(tree, {"a": {"b": 1}})] == ["a", "a.b"]
    with pytest.raises(KeyError):
        tree.take(Path("a.b", OBJECT))
    tree.take(Path("a.b", ARRAY))
    assert [*found_in(tree, {"a": {"b": 1}})] == ["a"]
    tree.take(Path("a"))
    assert not tree
