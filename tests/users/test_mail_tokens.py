"""Tokens of mails: how they look, what fits them, when they end."""

import re

import pytest

from parsepy.protocol import dates, values
from parsepy.protocol.operations import initial_value
from parsepy.query import tree
from parsepy.query.match import compile_matcher
from parsepy.types import JSONValue, ParseObject
from parsepy.users.mail_tokens import RESET, VERIFICATION, MailToken, is_token

DAY = 86_400_000


def date(distance: int) -> JSONValue:
    """So many milliseconds from now."""
    return values.date(dates.format_ms(dates.now_ms() + distance))


def row(**changes: JSONValue) -> ParseObject:
    return {"objectId": "one", RESET.column: "token", RESET.expires_column: date(DAY), **changes}


@pytest.mark.parametrize("kind", [RESET, VERIFICATION])
def test_a_fresh_token_is_a_random_text(kind: MailToken) -> None:
    tokens = {str(initial_value(kind.fresh(None)[kind.column])) for _ in range(100)}

    assert len(tokens) == 100
    assert all(re.fullmatch("[A-Za-z0-9]{25}", token) for token in tokens)


@pytest.mark.parametrize("value", ["", None, 1, True, {"$ne": None}, ["token"], {}])
def test_only_texts_are_tokens(value: JSONValue) -> None:
    assert not is_token(value)


def test_no_token_fits_nobody() -> None:
    assert RESET.equals("") == tree.NOTHING
    assert RESET.is_("", None) == tree.NOTHING


@pytest.mark.parametrize(
    ("changes", "validity", "fits"),
    [
        ({}, None, True),
        ({}, 5.0, True),
        ({RESET.column: "Token"}, None, False),
        ({RESET.expires_column: date(-DAY)}, None, True),
        ({RESET.expires_column: date(-DAY)}, 5.0, False),
        ({RESET.expires_column: date(DAY)}, 5.0, True),
        ({RESET.expires_column: None}, 5.0, False),
        ({RESET.expires_column: None}, None, True),
    ],
)
def test_a_token_fits_as_long_as_it_works(
    changes: dict[str, JSONValue], validity: float | None, fits: bool
) -> None:
    stored = row(**{RESET.expires_column: date(DAY), **changes})

    assert compile_matcher(RESET.is_("token", validity))(stored) is fits
    if stored[RESET.column] == "token":
        assert RESET.is_over(stored, validity) is not fits
