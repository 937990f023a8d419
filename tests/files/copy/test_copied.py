"""What is kept between two runs of a copy."""

import stat
from pathlib import Path

import apsw
import pytest

from parsepy.errors import ParseError
from parsepy.files.base import StoredFile
from parsepy.files.copy.copied import Copied, Versions
from parsepy.files.state_file import Sum


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state"


def _opened(file: Path | None = None, between: str = "a b", keys: str = "[]") -> Copied:
    copied = Copied(file)
    copied.open(between, keys)
    return copied


def _files(*names: str) -> list[StoredFile]:
    return [StoredFile(name, 2, "1") for name in names]


def test_versions_are_known_to_the_next_run(file: Path) -> None:
    with _opened(file) as first:
        first.add(_files("a", "b"))
        first.remember("a", Versions("1", "2"))

    with _opened(file) as second:
        assert second.versions("a") == ("1", "2")
        assert second.versions("b") is None


def test_a_run_has_its_own_list(file: Path) -> None:
    with _opened(file) as first:
        first.add(_files("a", "b"))
        first.remember("a", Versions("1", "2"))

    with _opened(file) as second:
        second.add(_files("b", "c"))

        assert list(second.names()) == [("b", 2), ("c", 2)]
        assert second.listed() == Sum(2, 4)
        assert second.versions("a") == ("1", "2")


def test_a_long_list_comes_whole_and_in_order() -> None:
    names = [f"{number:05}" for number in range(2500)]
    with _opened() as copied:
        copied.add(_files(*names))

        assert [name for name, _ in copied.names()] == names


def test_only_its_owner_may_read_it(file: Path) -> None:
    with _opened(file, keys='["a secret key"]'):
        pass

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert b"secret" not in file.read_bytes()


@pytest.mark.parametrize(
    ("between", "keys", "message"),
    [("a c", "[]", "between other stores"), ("a b", '["k"]', "with other keys")],
)
def test_what_it_knows_says_nothing_of_another_copy(
    file: Path, between: str, keys: str, message: str
) -> None:
    _opened(file).__exit__()

    with pytest.raises(ParseError, match=message):
        _opened(file, between, keys)


def test_a_file_of_others_is_left_as_it_is(file: Path) -> None:
    connection = apsw.Connection(str(file))
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    before = file.read_bytes()

    with pytest.raises(ParseError, match="no file that a copy of files has made"):
        _opened(file)

    assert file.read_bytes() == before


def test_what_is_no_database_is_refused(file: Path) -> None:
    file.write_bytes(b"x" * 5000)

    with pytest.raises(ParseError, match="no file that a copy of files has made"):
        _opened(file)
