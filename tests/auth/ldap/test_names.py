"""What clients say stays a value in names and filters."""

import pytest

from parsepy.auth.ldap import names


@pytest.mark.parametrize(
    ("value", "escaped"),
    [
        ("ann", "ann"),
        ("", ""),
        ("a,ou=other", "a\\,ou\\=other"),
        ("a+cn=b", "a\\+cn\\=b"),
        ('<a>;"b"', '\\<a\\>\\;\\"b\\"'),
        ("a\\b", "a\\\\b"),
        ("#a", "\\#a"),
        (" a ", "\\ a\\ "),
        (" ", "\\ "),
        ("  ", "\\ \\ "),
        ("a\0b", "a\\00b"),
        ("\\,", "\\\\\\,"),
        ("äö 世", "äö 世"),
    ],
)
def test_names_are_escaped_by_rfc_4514(value: str, escaped: str) -> None:
    assert names.escaped_in_name(value) == escaped


@pytest.mark.parametrize(
    ("value", "escaped"),
    [
        ("ann", "ann"),
        ("*", "\\2a"),
        (")(uid=*", "\\29\\28uid=\\2a"),
        ("a\\b", "a\\5cb"),
        ("a\0b", "a\\00b"),
        ("äö,=", "äö,="),
    ],
)
def test_filters_are_escaped_by_rfc_4515(value: str, escaped: str) -> None:
    assert names.escaped_in_filter(value) == escaped


def test_templates_take_the_id_wherever_they_name_it() -> None:
    assert names.user_name("uid={{id}},ou={{ID}},dc=x", "a,b") == "uid=a\\,b,ou=a\\,b,dc=x"
    assert names.group_filter("(|(a={{id}})(b={{Id}}))", "*") == "(|(a=\\2a)(b=\\2a))"


@pytest.mark.parametrize("user_id", ["{{id}}", "\\g<0>", "\\1", "$&", "{0}", "%s"])
def test_an_id_is_no_template(user_id: str) -> None:
    assert (
        names.group_filter("(uid={{id}})", user_id) == f"(uid={names.escaped_in_filter(user_id)})"
    )
