"""Ids that requests at once have in common."""

import pytest

from parsepy.installations.row_ids import SPAN, RowIds


@pytest.fixture
def row_ids(monkeypatch: pytest.MonkeyPatch) -> RowIds:
    at(monkeypatch, 0)
    return RowIds("app", "secret", 10)


def at(monkeypatch: pytest.MonkeyPatch, moment: int) -> None:
    monkeypatch.setattr("parsepy.installations.row_ids.now_ms", lambda: moment)


def test_a_device_has_the_same_id_on_every_server(row_ids: RowIds) -> None:
    assert row_ids.of("installationId", "i") == RowIds("app", "secret", 10).of(
        "installationId", "i"
    )


@pytest.mark.parametrize("length", [10, 32, 100])
def test_an_id_is_as_long_as_ids_are(length: int) -> None:
    assert len(RowIds("app", "secret", length).of("installationId", "i")) == length


def test_ids_differ_by_device_kind_app_and_secret(row_ids: RowIds) -> None:
    ids = {
        row_ids.of("installationId", "i"),
        row_ids.of("installationId", "j"),
        row_ids.of("deviceToken", "i"),
        RowIds("other", "secret", 10).of("installationId", "i"),
        RowIds("app", "other", 10).of("installationId", "i"),
    }

    assert len(ids) == 5


def test_an_id_that_is_gone_does_not_come_back(
    row_ids: RowIds, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = row_ids.of("installationId", "i")
    row_ids.forget(first)
    second = row_ids.of("installationId", "i")
    at(monkeypatch, SPAN)

    assert len({first, second, row_ids.of("installationId", "i")}) == 3


def test_what_is_gone_is_remembered_within_bounds(row_ids: RowIds) -> None:
    for n in range(10_001):
        row_ids.forget(str(n))

    assert len(row_ids._gone) == 10_000
