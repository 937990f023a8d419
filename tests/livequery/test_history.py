"""What was told lately."""

import pytest

from parsepy.livequery.history import History
from parsepy.livequery.publications import Publication


def told(number: int) -> Publication:
    return Publication("Game", {"objectId": f"o{number}"}, None)


def filled(size: int, count: int) -> tuple[History, list[str]]:
    history = History(size)
    return history, [history.position, *(history.add(told(number)) for number in range(count))]


def test_what_came_after_a_position_comes_with_its_own() -> None:
    history, positions = filled(10, 3)

    assert history.since(positions[1]) == [(positions[2], told(1)), (positions[3], told(2))]
    assert history.since(positions[3]) == []
    assert history.position == positions[3]


def test_it_reaches_back_as_far_as_it_is_long_and_not_further() -> None:
    history, positions = filled(2, 4)

    missed = history.since(positions[2])
    assert missed is not None
    assert [place for place, _ in missed] == positions[3:]
    assert history.since(positions[1]) is None


def test_an_empty_history_knows_the_present() -> None:
    history, positions = filled(0, 2)

    assert history.since(positions[2]) == []
    assert history.since(positions[1]) is None


@pytest.mark.parametrize(
    "position",
    [
        "",
        "x",
        "-1",
        "abcdef01-1",
        "{server}-",
        "{server}-99",
        "{server}-١",
        "{server}-" + "9" * 5000,
        "{server}--1",
    ],
)
def test_what_is_no_position_of_this_server_is_not_known(position: str) -> None:
    history, positions = filled(10, 2)
    server = positions[0].partition("-")[0]

    assert history.since(position.format(server=server)) is None
