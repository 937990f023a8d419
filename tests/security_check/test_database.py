"""Who gets at the data past the server."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from parsepy.security_check.database import database_group
from tests.security_check.settings import options_with


def states(uri: str) -> dict[str, object]:
    group = database_group(options_with(databaseURI=uri))
    assert group.name == "Database"
    return {check.title: check.check() for check in group.checks}


@pytest.mark.parametrize(
    ("uri", "is_strong"),
    [
        ("mongodb://host/db", False),
        ("mongodb://user@host/db", False),
        ("mongodb://user:insecure@host/db", False),
        ("mongodb://user:aMoreSecur3Passwor7!@host/db", True),
        ("mongodb+srv://user:aMoreSecur3Passwor7!@host/db?appName=x", True),
        ("mongodb://user:Abcdefghijkl%2D%31@host:1,other:2/db", True),
        # Encoded it looks longer and odder than it is.
        ("mongodb://user:%61%62%63%64%65@host/db", False),
        ("mongodb://user:With@sign/and:14-Letters@host/db", True),
        ("mongodb://CN=app@host/db?authMechanism=MONGODB-X509", True),
        ("mongodb://host/db?tls=true&authMechanism=MONGODB-AWS&w=1", True),
        ("mongodb://user:insecure@host/db?authMechanism=SCRAM-SHA-256", False),
    ],
)
def test_a_mongodb_needs_a_strong_password_or_none(uri: str, is_strong: bool) -> None:
    assert states(uri) == {"Secure database password": is_strong}


def test_a_database_in_memory_has_nothing_to_check() -> None:
    assert states("sqlite::memory:") == {}


def made(path: Path, mode: int) -> None:
    path.touch()
    path.chmod(mode)


CLOSED = "Database files closed to other users"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody may go through, as are all above it: pytest's own are closed."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        made = Path(name)
        made.chmod(0o711)
        yield made


@pytest.mark.parametrize(
    ("mode", "is_closed"), [(0o600, True), (0o660, True), (0o604, False), (0o602, False)]
)
def test_a_file_that_others_may_open_is_found(folder: Path, mode: int, is_closed: bool) -> None:
    made(folder / "app.sqlite", mode)

    assert states(f"sqlite:///{folder}/app.sqlite") == {CLOSED: is_closed}


@pytest.mark.parametrize("beside", ["app.sqlite-wal", "app.sqlite-shm"])
def test_files_beside_the_database_count(folder: Path, beside: str) -> None:
    made(folder / "app.sqlite", 0o600)
    made(folder / beside, 0o644)

    assert states(f"sqlite:///{folder}/app.sqlite") == {CLOSED: False}


@pytest.mark.parametrize(("mode", "is_closed"), [(0o755, False), (0o700, True)])
def test_the_uploads_count_where_others_reach_them(
    folder: Path, mode: int, is_closed: bool
) -> None:
    made(folder / "app.sqlite", 0o600)
    uploads = folder / "app.sqlite.files"
    uploads.mkdir()
    uploads.chmod(mode)
    made(uploads / "index.sqlite", 0o644)

    assert states(f"sqlite:///{folder}/app.sqlite") == {CLOSED: is_closed}


def test_a_closed_folder_on_the_way_closes_the_file(folder: Path) -> None:
    inner = folder / "private"
    inner.mkdir(mode=0o700)
    made(inner / "app.sqlite", 0o644)

    assert states(f"sqlite:///{inner}/app.sqlite") == {CLOSED: True}


def test_a_database_that_is_not_there_yet_is_closed(folder: Path) -> None:
    assert states(f"sqlite:///{folder}/app.sqlite") == {CLOSED: True}


def test_an_open_database_is_named_with_the_command_that_closes_it(folder: Path) -> None:
    (check,) = database_group(options_with(databaseURI=f"sqlite:///{folder}/app.sqlite")).checks

    assert f"chmod o-rwx {folder}/app.sqlite" in check.solution
