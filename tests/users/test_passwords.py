"""Passwords: whose hash they fit, and that hashing them holds nobody up."""

import asyncio
import sys
from collections.abc import Iterator

import pytest
from anyio.lowlevel import checkpoint

from parsepy.errors import ParseError
from parsepy.users.passwords import ARGON2_DUMMY_HASH, MAX_BYTES, Passwords

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


async def test_a_test_may_have_cheaper_hashes(passwords: Passwords) -> None:
    passwords.cost = 4
    hashed = await passwords.hash("correct horse")

    assert hashed.startswith("$2b$04$")
    assert await passwords.matches("correct horse", hashed)


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


# -- Argon2


@pytest.fixture
def argon2() -> Iterator[Passwords]:
    made = Passwords(argon2=True)
    yield made
    made.close()


async def test_new_hashes_are_argon2_s_where_one_asks_for_it(argon2: Passwords) -> None:
    hashed = await argon2.hash("correct horse")

    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await argon2.matches("correct horse", hashed)
    assert not await argon2.matches("correct Horse", hashed)


async def test_both_kinds_are_read_whichever_is_written(
    passwords: Passwords, argon2: Passwords
) -> None:
    for hashed in (await passwords.hash("x"), await argon2.hash("x"), HASH_OF_U):
        for reader in (passwords, argon2):
            assert await reader.matches("x", hashed) is (hashed != HASH_OF_U)
            assert await reader.matches(U, hashed) is (hashed == HASH_OF_U)


async def test_argon2_reads_every_byte(argon2: Passwords) -> None:
    whole = "a" * MAX_BYTES
    hashed = await argon2.hash(whole + "tail")

    assert await argon2.matches(whole + "tail", hashed)
    assert not await argon2.matches(whole, hashed)
    assert not await argon2.matches(whole + "other", hashed)


@pytest.mark.parametrize("password", ["a\0b", "\ud800", "ü" * 10_000])
async def test_argon2_takes_every_text(argon2: Passwords, password: str) -> None:
    assert await argon2.matches(password, await argon2.hash(password))


async def test_with_both_kinds_everybody_s_log_in_costs_one_of_each(
    argon2: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = {
        "older": HASH_OF_U,
        "newer": await argon2.hash("x"),
        "without": None,
        "emptied": "",
        "broken": "plain",
    }
    costs: list[str] = []

    async def counting(self: Passwords, password: str, hashed: str) -> bool:
        costs.append("argon2" if hashed.startswith("$argon2id") else "bcrypt")
        return await fits(self, password, hashed)

    fits = Passwords.fits
    monkeypatch.setattr(Passwords, "fits", counting)

    for name, hashed in stored.items():
        costs.clear()
        await argon2.matches("wrong", hashed)
        assert sorted(costs) == ["argon2", "bcrypt"], name


async def test_the_dummy_costs_what_a_hash_costs(argon2: Passwords) -> None:
    parameters = ARGON2_DUMMY_HASH.split("$")[:4]

    assert (await argon2.hash("x")).split("$")[:4] == parameters


async def test_without_its_library_an_argon2_hash_is_the_server_s_fault(
    passwords: Passwords, argon2: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It must not count as a wrong password: that would lock the account."""
    hashed = await argon2.hash("x")
    monkeypatch.setitem(sys.modules, "argon2", None)
    monkeypatch.delitem(sys.modules, "parsepy.users.argon2_hashes")
    monkeypatch.delattr("parsepy.users.argon2_hashes")

    with pytest.raises(ParseError, match="Internal server error"):
        await passwords.matches("x", hashed)
    assert await passwords.matches(U, HASH_OF_U)


async def test_one_of_many_hashes_fits(passwords: Passwords) -> None:
    hashes = [await passwords.hash(password) for password in ("a", "b")]

    assert await passwords.fits_one_of("b", [*hashes, "plain"])
    assert not await passwords.fits_one_of("c", [*hashes, "plain"])
    assert not await passwords.fits_one_of("c", [])
