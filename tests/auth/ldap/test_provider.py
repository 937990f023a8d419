"""Log-ins by a real directory."""

import asyncio
import logging
import sys
import warnings
from pathlib import Path

import pytest

from parsepy.auth.base import AuthRequest, ProviderSettings, Stage
from parsepy.auth.ldap import LdapProvider, provider
from parsepy.errors import ParseError
from parsepy.options.errors import OptionsError
from parsepy.outbound import Outbound
from parsepy.types import JSONObject, JSONValue
from tests.auth.ldap.conftest import ENTRIES, ODD_ID, PEOPLE
from tests.support.certificates import server_files
from tests.support.deaf_server import DeafServer
from tests.support.ports import free_port
from tests.support.slapd import NOBODY, SUFFIX, RunningSlapd, running_slapd

pytestmark = pytest.mark.anyio

WRONG = (101, "LDAP: Wrong username or password")
MISMATCH = (101, "LDAPS: Certificate mismatch")
UNAVAILABLE = (101, "LDAP: Somthing went wrong (unavailable)")
TIMEOUT = (101, "LDAP: Somthing went wrong (timeout)")
NOT_IN_GROUP = (1, "LDAP: User not in group")
SEARCH_FAILED = (1, "LDAP group search failed")

STAFF = {"groupCn": "staff", "groupFilter": "(memberUid={{id}})"}


def ldap(url: str, /, **options: object) -> LdapProvider:
    return impatient(url, 10, **options)


def impatient(url: str, timeout: float, /, **options: object) -> LdapProvider:
    given = {"url": url, "suffix": SUFFIX, "dn": f"uid={{{{id}}}},{PEOPLE}", **options}
    return LdapProvider(ProviderSettings("ldap", given, Outbound()), timeout)


async def attempt(provider: LdapProvider, user_id: JSONValue, password: JSONValue) -> object:
    """The refusal, or `None`."""
    auth_data: JSONObject = {"id": user_id, "password": password}
    try:
        verdict = await provider.validate(Stage.LOGIN, auth_data, AuthRequest())
    except ParseError as error:
        return error.code, error.message
    assert verdict.save == {"id": user_id}
    return None


async def test_the_right_password_opens_and_is_not_kept(slapd: RunningSlapd) -> None:
    sent: JSONObject = {"id": "ann", "password": "secret", "more": 1}

    verdict = await ldap(slapd.url).validate(Stage.SET_UP, sent, AuthRequest())

    assert verdict.save == {"id": "ann", "more": 1}
    assert verdict.response is None


async def test_users_are_below_the_suffix_by_their_uid_unless_dn_says_otherwise(
    slapd: RunningSlapd,
) -> None:
    assert await attempt(ldap(slapd.url, dn=None, suffix=PEOPLE), "ann", "secret") is None
    assert await attempt(ldap(slapd.url, dn=None, suffix=SUFFIX), "ann", "secret") == WRONG


async def test_passwords_are_sent_as_they_are(slapd: RunningSlapd) -> None:
    assert await attempt(ldap(slapd.url), "eve", "ﬁ\u00a0🦉") is None
    assert await attempt(ldap(slapd.url), "eve", "fi 🦉") == WRONG


@pytest.mark.parametrize("password", ["Secret", "secret ", "bobs secret", "*", "\0", "x" * 1001])
async def test_a_wrong_password_opens_nothing(slapd: RunningSlapd, password: str) -> None:
    assert await attempt(ldap(slapd.url), "ann", password) == WRONG


async def test_nobody_is_told_who_there_is(slapd: RunningSlapd) -> None:
    assert await attempt(ldap(slapd.url), "nobody", "secret") == WRONG


@pytest.mark.parametrize("password", [None, "", 0, 5, True, ["secret"], {"$ne": ""}, "\ud800"])
async def test_without_a_password_the_directory_is_not_asked(password: JSONValue) -> None:
    """It would take an empty one for nobody in particular, and say yes."""
    with DeafServer() as nobody_listens:
        refused = await attempt(ldap(f"ldap://127.0.0.1:{nobody_listens.port}"), "ann", password)

    assert refused == WRONG


@pytest.mark.parametrize("user_id", [None, "", 5, ["ann"], {"$ne": ""}, "\ud800", "a" * 1001])
async def test_without_an_id_the_directory_is_not_asked(user_id: JSONValue) -> None:
    with DeafServer() as nobody_listens:
        provider = ldap(f"ldap://127.0.0.1:{nobody_listens.port}")
        refused = await attempt(provider, user_id, "secret")

    assert refused == WRONG


async def test_this_directory_would_take_an_empty_password(slapd: RunningSlapd) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import ldap3

    port = int(slapd.url.rpartition(":")[2])
    with ldap3.Connection(ldap3.Server("127.0.0.1", port)) as nobody:
        assert nobody.result["result"] == 0


@pytest.mark.parametrize(
    "user_id",
    [
        "ann,ou=other",
        "ann\\,ou=other",
        "ann+sn=x",
        "ann,ou=people,dc=example,dc=org\0",
        "*",
        "a*",
        "ann)(uid=*",
        "\\61nn",
        "#616e6e",
        "ann\0",
    ],
)
@pytest.mark.parametrize("password", ["secret", "secret of another"])
async def test_an_id_does_not_become_a_part_of_the_name(
    slapd: RunningSlapd, user_id: str, password: str
) -> None:
    assert await attempt(ldap(slapd.url), user_id, password) == WRONG


async def test_ids_may_have_any_characters(slapd: RunningSlapd) -> None:
    assert await attempt(ldap(slapd.url), ODD_ID, "odd") is None
    assert await attempt(ldap(slapd.url), ODD_ID, "secret") == WRONG


class TestGroups:
    async def test_members_get_in_and_others_do_not(self, slapd: RunningSlapd) -> None:
        provider = ldap(slapd.url, **STAFF)

        assert await attempt(provider, "ann", "secret") is None
        assert await attempt(provider, "bob", "bobs secret") == NOT_IN_GROUP

    async def test_are_not_looked_for_before_the_password_is_right(
        self, slapd: RunningSlapd
    ) -> None:
        provider = ldap(slapd.url, **STAFF)

        assert await attempt(provider, "ann", "wrong") == WRONG
        assert await attempt(provider, "bob", "wrong") == WRONG

    @pytest.mark.parametrize(
        ("user_id", "password"), [("*", "star"), ("bob)(memberUid=*", "bracket")]
    )
    async def test_an_id_does_not_become_a_part_of_the_filter(
        self, slapd: RunningSlapd, user_id: str, password: str
    ) -> None:
        assert await attempt(ldap(slapd.url), user_id, password) is None
        assert await attempt(ldap(slapd.url, **STAFF), user_id, password) == NOT_IN_GROUP

    @pytest.mark.parametrize(
        "options",
        [{"suffix": "dc=elsewhere"}, {"groupFilter": "((("}, {"groupFilter": ""}],
    )
    async def test_a_search_that_fails_lets_nobody_in(
        self, slapd: RunningSlapd, options: dict[str, object]
    ) -> None:
        provider = ldap(slapd.url, **{**STAFF, **options})

        assert await attempt(provider, "ann", "secret") == SEARCH_FAILED


class TestEncryption:
    async def test_an_authority_of_ones_own_is_trusted_where_it_is_named(
        self, slapd: RunningSlapd
    ) -> None:
        provider = ldap(slapd.tls_url, tlsOptions={"ca": str(slapd.files.authority)}, **STAFF)

        assert await attempt(provider, "ann", "secret") is None
        assert await attempt(provider, "ann", "wrong") == WRONG

    @pytest.mark.parametrize("tls", [None, {}, {"rejectUnauthorized": True}])
    async def test_strangers_are_not_trusted(
        self, slapd: RunningSlapd, tls: object, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.WARNING):
            assert await attempt(ldap(slapd.tls_url, tlsOptions=tls), "ann", "secret") == MISMATCH

        assert "certificate is refused" in caplog.text
        assert "secret" not in caplog.text

    async def test_another_authority_is_not_trusted(
        self, slapd: RunningSlapd, tmp_path: Path
    ) -> None:
        other = server_files(tmp_path).authority

        refused = await attempt(
            ldap(slapd.tls_url, tlsOptions={"caFile": str(other)}), "ann", "secret"
        )

        assert refused == MISMATCH

    async def test_a_certificate_of_another_server_is_not_trusted(
        self, slapd: RunningSlapd
    ) -> None:
        url = slapd.tls_url.replace("127.0.0.1", "localhost")
        provider = ldap(url, tlsOptions={"ca": str(slapd.files.authority)})

        assert await attempt(provider, "ann", "secret") == MISMATCH

    async def test_the_name_in_the_certificate_may_be_told(self, slapd: RunningSlapd) -> None:
        url = slapd.tls_url.replace("127.0.0.1", "localhost")
        tls = {"ca": str(slapd.files.authority), "servername": "127.0.0.1"}

        assert await attempt(ldap(url, tlsOptions=tls), "ann", "secret") is None

    async def test_verifying_can_be_switched_off(self, slapd: RunningSlapd) -> None:
        provider = ldap(slapd.tls_url, tlsOptions={"rejectUnauthorized": False})

        assert await attempt(provider, "ann", "secret") is None


class TestTrouble:
    async def test_a_directory_that_is_down_is_told_without_details(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.WARNING):
            refused = await attempt(ldap(f"ldap://127.0.0.1:{free_port()}"), "ann", "secret")

        assert refused == UNAVAILABLE
        assert "cannot be asked" in caplog.text
        assert "secret" not in caplog.text

    async def test_other_refusals_are_told_by_their_number(self, slapd: RunningSlapd) -> None:
        refused = await attempt(ldap(slapd.url, dn="{{id}}"), "ann", "secret")

        assert refused == (101, "LDAP: Somthing went wrong (34)")

    @pytest.mark.parametrize("scheme", ["ldap", "ldaps"])
    async def test_a_directory_that_says_nothing_is_given_up(self, scheme: str) -> None:
        with DeafServer() as deaf:
            provider = impatient(f"{scheme}://127.0.0.1:{deaf.port}", 0.2)

            assert await attempt(provider, "ann", "secret") in (TIMEOUT, UNAVAILABLE)

    @pytest.mark.parametrize(
        "said",
        [
            b"HTTP/1.1 400 Bad Request\r\n\r\n",
            b"\x30\x84\xff\xff\xff\xff",
            b"\x30\x03\x02\x01\x01",
            b"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04",
            b"\x00" * 100,
            b"\xff" * 100,
            b"",
        ],
    )
    async def test_what_is_no_directory_lets_nobody_in(self, said: bytes) -> None:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(10)
            writer.write(said)
            writer.close()
            await writer.wait_closed()

        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            refused = await attempt(ldap(f"ldap://127.0.0.1:{port}"), "ann", "secret")

        assert refused == UNAVAILABLE

    async def test_a_frozen_directory_holds_up_nobody_and_works_again(self, tmp_path: Path) -> None:
        with running_slapd(tmp_path / "slapd", ENTRIES) as own:
            quick, patient = impatient(own.url, 0.2), ldap(own.url)
            own.freeze()
            waiting = [asyncio.create_task(attempt(quick, "ann", "secret")) for _ in range(20)]
            assert set(await asyncio.gather(*waiting)) <= {TIMEOUT, UNAVAILABLE}
            own.thaw()

            assert await attempt(patient, "ann", "secret") is None

    async def test_a_client_that_goes_away_takes_his_attempt_along(self) -> None:
        with DeafServer() as deaf:
            provider = ldap(f"ldap://127.0.0.1:{deaf.port}")
            task = asyncio.create_task(attempt(provider, "ann", "secret"))
            await asyncio.to_thread(deaf.wait_for_caller)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

            # The thread is free again: without that its own limit would be hit first.
            provider._threads.shutdown()

    @pytest.mark.parametrize(
        ("options", "answer"),
        [
            ({"dn": "uid={{id}},dc=elsewhere"}, WRONG),
            ({**STAFF, "suffix": "dc=elsewhere"}, SEARCH_FAILED),
            (STAFF, None),
        ],
    )
    async def test_passwords_are_not_carried_to_other_directories(
        self, tmp_path: Path, options: dict[str, object], answer: object
    ) -> None:
        with DeafServer() as other:
            url = f"ldap://127.0.0.1:{other.port}"
            with running_slapd(tmp_path / "slapd", ENTRIES.replace(NOBODY, url), url) as own:
                assert await attempt(ldap(own.url, **options), "ann", "secret") == answer

            with pytest.raises(TimeoutError):
                other.wait_for_caller(deadline=0.01)

    async def test_connections_are_closed_however_a_log_in_ends(self, tmp_path: Path) -> None:
        with running_slapd(tmp_path / "slapd", ENTRIES) as own:
            await attempt(ldap(own.url), "ann", "secret")
            await attempt(ldap(own.url), "ann", "wrong")
            await attempt(ldap(own.url, **STAFF), "bob", "bobs secret")
            await attempt(ldap(own.tls_url), "ann", "secret")

            opened = own.process.output.count(" ACCEPT from")
            for _ in range(opened):
                own.process.wait_for_line(lambda line: " closed" in line)
            assert opened >= 4


class TestWithoutTheExtra:
    @pytest.fixture(autouse=True)
    def _ldap3_is_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        provider._attempts.cache_clear()
        monkeypatch.setitem(sys.modules, "ldap3", None)
        monkeypatch.delitem(sys.modules, "parsepy.auth.ldap.directory", raising=False)

    async def test_the_start_says_what_to_install(self) -> None:
        with pytest.raises(OptionsError, match=r"pip install 'parsepy-server\[ldap\]'"):
            ldap("ldap://directory.example").check_options()


def test_settings_are_checked_at_the_start() -> None:
    with pytest.raises(OptionsError, match="LDAP auth configuration missing"):
        LdapProvider(ProviderSettings("ldap", {}, Outbound())).check_options()
