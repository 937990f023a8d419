"""Names that stand in SQL text: distinct, and free of anything that could end a name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsepy.errors import ParseError
from parsepy.storage.sqlite import names

CLASS_NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,20}", fullmatch=True)


@given(CLASS_NAMES, CLASS_NAMES)
def test_different_classes_have_tables_that_sqlite_tells_apart(first: str, second: str) -> None:
    apart = names.table_name(first).lower() != names.table_name(second).lower()
    assert apart == (first != second)


def test_a_table_is_named_after_its_class() -> None:
    assert names.table("GameScore") == '"GameScore~11"'
    assert names.table("_User") == '"_User~2"'
    assert names.table("_Join:users:_Role") == '"_Join:users:_Role~2002"'


def test_a_class_may_have_a_name_that_sqlite_keeps_for_itself() -> None:
    assert names.table_name("sqlite_stat1") == "~sqlite_stat1~0"


@pytest.mark.parametrize(
    "class_name", ["", "a b", 'a"b', "a'b", "a;b", "a\0b", "_Join:a", "é", "a\n"]
)
def test_a_name_outside_the_grammar_is_no_table(class_name: str) -> None:
    with pytest.raises(ParseError) as refused:
        names.table(class_name)
    assert refused.value.code == 103


@pytest.mark.parametrize("path", ["", ".", "a.", "a..b", "a'b", 'a"b', "a$b", "a\0", "a[0]", "é"])
def test_a_path_outside_the_grammar_is_no_json_path(path: str) -> None:
    with pytest.raises(ParseError) as refused:
        names.json_path(path)
    assert refused.value.code == 105


def test_index_names_carry_their_class_and_case() -> None:
    assert names.index_name("Game", "byName") == "Game~1/byName~4"
    assert names.index_name("Game", "byname") == "Game~1/byname~0"
    with pytest.raises(ParseError):
        names.index_name("Game", "a\0b")
