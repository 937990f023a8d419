"""Passwords: whose hash they fit, and that hashing them holds nobody up."""

import asyncio
from collections.abc import Iterator

import pytest
from anyio.lowlevel import checkpoint

from parsepy.users.passwords import MAX_BYTES, Passwords

pytestmark = pytest.mark.anyio

# Published test vectors of bcrypt; the versions differ in name only.
HASH_OF_U = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
U = "U*U"


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    made = Passwords()
    yield made
    made.close()


async def test_a_hash_is_one_that_parse_server_reads(passwords: Passwords) -> None:
    hashed = await passwords.hash("correct horse")

    assert hashed.startswith("$2b$10$")
    assert len(hashed) == 60
    assert await passwords.matches("correct horse", hashed)
    assert not await passwords.matches("correct Horse", hashed)


async def test_two_hashes_of_one_password_differ(passwords: Passwords) -> None:
    first, second = await asyncio.gather(passwords.hash("x"), passwords.hash("x"))

    assert first != second


@pytest.mark.parametrize("version", ["$2a$", "$2b$", "$2y$"])
async def test_hashes_of_every_bcrypt_are_read(passwords: Passwords, version: str) -> None:
    hashed = version + HASH_OF_U.removeprefix("$2a$")

    assert await passwords.matches(U, hashed)
    assert not await passwords.matches(U + "*", hashed)


@pytest.mark.parametrize(
    "hashed",
    [
        "",
        "plain",
        "$2b$",
        "$2b$10$",
        "$2b$05$short",
        "$2c$" + HASH_OF_U[4:],
        "$2a$99$" + HASH_OF_U[7:],
        "$2a$xx$" + HASH_OF_U[7:],
        HASH_OF_U[:-1],
        HASH_OF_U + "x",
        "$argon2id$v=19$m=16,t=2,p=1$c2FsdHNhbHQ$aGFzaA",
        "ü" * 30,
        "\0" * 60,
    ],
)
async def test_a_stored_text_that_is_no_hash_fits_nobody(passwords: Passwords, hashed: str) -> None:
    for password in (U, "", hashed):
        assert not await passwords.matches(password, hashed)


@pytest.mark.parametrize("password", ["", "x"])
async def test_nobody_s_password_fits_a_missing_hash(passwords: Passwords, password: str) -> None:
    assert not await passwords.matches(password, None)


async def test_no_password_fits_no_hash(passwords: Passwords) -> None:
    assert not await passwords.matches("", await passwords.hash("x"))


@pytest.mark.parametrize("letter", ["a", "ü", "€", "𝄞"])
async def test_only_the_first_72_bytes_count(passwords: Passwords, letter: str) -> None:
    whole = letter * (MAX_BYTES // len(letter.encode()))
    hashed = await passwords.hash(whole + "tail")

    assert await passwords.matches(whole, hashed)
    assert await passwords.matches(whole + "other", hashed)
    assert not await passwords.matches(whole[:-1], hashed)


async def test_a_letter_across_the_72nd_byte_is_cut_in_two(passwords: Passwords) -> None:
    hashed = await passwords.hash("a" * 71 + "ü")

    assert await passwords.matches("a" * 71 + "ü" + "tail", hashed)
    assert not await passwords.matches("a" * 71 + "a", hashed)


async def test_nul_is_a_letter_like_others(passwords: Passwords) -> None:
    hashed = await passwords.hash("a\0b")

    assert await passwords.matches("a\0b", hashed)
    assert not await passwords.matches("a\0c", hashed)
    assert not await passwords.matches("a", hashed)


async def test_a_lone_surrogate_is_no_crash(passwords: Passwords) -> None:
    assert await passwords.matches("\ud800", await passwords.hash("\ud800"))


@pytest.mark.parametrize("hashed", [None, "$2b$10$" + "." * 53])
async def test_others_get_on_while_a_password_is_looked_at(
    passwords: Passwords, hashed: str | None
) -> None:
    comparing = asyncio.create_task(passwords.matches("x", hashed))

    steps = 0
    while not comparing.done():
        await checkpoint()
        steps += 1

    assert steps > 10
