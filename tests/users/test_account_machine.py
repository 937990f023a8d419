"""Whatever people do with their accounts, in whatever order: sessions and credentials are good
exactly when they should be.

`PARSEPY_MACHINE_RUNS` sets how many lives are played.
"""

import os
from collections.abc import Iterable
from typing import Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.strategies import DataObject

from parsepy.errors import Code
from tests.users.account_model import Account, Model
from tests.users.account_server import AccountServer

RUNS: Final = int(os.environ.get("PARSEPY_MACHINE_RUNS", "15"))

names = st.sampled_from(["ann", "Ann", "ben", "cleo"])
passwords = st.sampled_from(["one", "two", "three"])
identities = st.sampled_from(["a", "b", "c"])
installations = st.sampled_from([None, "phone", "tablet"])


class AccountMachine(RuleBasedStateMachine):
    """Every rule asks the server for something and the model what it must answer."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.server = AccountServer()

    def teardown(self) -> None:
        try:
            self._check_credentials()
            self._check_ended(self.model.ended)
        finally:
            self.server.close()

    # -- coming

    @rule(name=names, password=passwords, installation=installations)
    def sign_up(self, name: str, password: str, installation: str | None) -> None:
        body = {"username": name, "password": password}
        status, answer = self.server.send("POST", "/users", body, installation=installation)
        if self.model.is_taken(name):
            assert (status, answer["code"]) == (400, Code.USERNAME_TAKEN)
            return
        assert status == 201
        self.model.accounts[answer["objectId"]] = Account(name, password)
        self.model.enter(answer["sessionToken"], answer["objectId"], installation)

    @rule(identity=identities, installation=installations)
    def come_anonymously(self, identity: str, installation: str | None) -> None:
        status, answer = self.server.send(
            "POST", "/users", _anonymous(identity), installation=installation
        )
        owner = self.model.owner_of(identity)
        if owner is None:
            assert status == 201
            owner = answer["objectId"]
            self.model.accounts[owner] = Account(identity=identity)
        else:
            assert (status, answer["objectId"]) == (200, owner)
        self.model.enter(answer["sessionToken"], owner, installation)

    @rule(name=names, password=passwords, installation=installations)
    def log_in(self, name: str, password: str, installation: str | None) -> None:
        body = {"username": name, "password": password}
        status, answer = self.server.send("POST", "/login", body, installation=installation)
        owner = self.model.named(name)
        if owner is None or self.model.accounts[owner].password != password:
            assert (status, answer["code"]) == (404, Code.OBJECT_NOT_FOUND)
            return
        assert (status, answer["objectId"]) == (200, owner)
        self.model.enter(answer["sessionToken"], owner, installation)

    @precondition(lambda self: self.model.accounts)
    @rule(data=st.data())
    def log_in_as(self, data: DataObject) -> None:
        owner = _drawn(data, self.model.accounts, "account")
        status, answer = self.server.send("POST", "/loginAs", {"userId": owner}, master=True)
        assert (status, answer["objectId"]) == (200, owner)
        self.model.enter(answer["sessionToken"], owner, None)

    # -- changing

    @precondition(lambda self: self.model.sessions)
    @rule(data=st.data(), password=passwords, installation=installations)
    def change_the_password(
        self, data: DataObject, password: str, installation: str | None
    ) -> None:
        token, owner = self._draw_session(data)
        status, answer = self.server.send(
            *("PUT", f"/users/{owner}", {"password": password}),
            token=token,
            installation=installation,
        )
        assert status == 200
        self._has_password(owner, password, answer["sessionToken"], installation)

    @precondition(lambda self: self.model.accounts)
    @rule(data=st.data(), password=passwords)
    def have_the_password_changed(self, data: DataObject, password: str) -> None:
        owner = _drawn(data, self.model.accounts, "account")
        status, answer = self.server.send(
            "PUT", f"/users/{owner}", {"password": password}, master=True
        )
        assert status == 200
        assert "sessionToken" not in answer
        self.model.accounts[owner].password = password
        self.model.end_all_of(owner)

    @precondition(lambda self: self.model.sessions)
    @rule(data=st.data(), name=names, password=passwords)
    def take_name_and_password(self, data: DataObject, name: str, password: str) -> None:
        """What makes an anonymous user one who can come back."""
        token, owner = self._draw_session(data)
        body = {"username": name, "password": password}
        status, answer = self.server.send("PUT", f"/users/{owner}", body, token=token)
        if self.model.is_taken(name, by_other_than=owner):
            assert (status, answer["code"]) == (400, Code.USERNAME_TAKEN)
            return
        assert status == 200
        self.model.accounts[owner].name = name
        self._has_password(owner, password, answer["sessionToken"], None)

    @precondition(lambda self: self.model.sessions)
    @rule(data=st.data(), identity=identities)
    def link(self, data: DataObject, identity: str) -> None:
        token, owner = self._draw_session(data)
        status, answer = self.server.send(
            "PUT", f"/users/{owner}", _anonymous(identity), token=token
        )
        if self.model.owner_of(identity) not in (None, owner):
            assert (status, answer["code"]) == (400, Code.ACCOUNT_ALREADY_LINKED)
            return
        assert status == 200
        self.model.accounts[owner].identity = identity

    @precondition(lambda self: self.model.sessions)
    @rule(data=st.data())
    def unlink(self, data: DataObject) -> None:
        token, owner = self._draw_session(data)
        status, _ = self.server.send("PUT", f"/users/{owner}", _anonymous(None), token=token)
        assert status == 200
        self.model.accounts[owner].identity = None

    @precondition(lambda self: self.model.sessions and len(self.model.accounts) > 1)
    @rule(data=st.data(), password=passwords)
    def meddle_with_another(self, data: DataObject, password: str) -> None:
        token, owner = self._draw_session(data)
        others = [account for account in self.model.accounts if account != owner]
        other = _drawn(data, others, "other account")
        for method, body in (
            ("PUT", {"password": password}),
            ("PUT", _anonymous("a")),
            ("DELETE", None),
        ):
            status, answer = self.server.send(method, f"/users/{other}", body, token=token)
            assert (status, answer["code"]) == (400, Code.SESSION_MISSING), (method, body)

    # -- leaving

    @precondition(lambda self: self.model.sessions)
    @rule(data=st.data())
    def log_out(self, data: DataObject) -> None:
        token, _ = self._draw_session(data)
        assert self.server.send("POST", "/logout", token=token)[0] == 200
        self.model.end(token)

    @precondition(lambda self: self.model.sessions)
    @rule(data=st.data())
    def end_another_session(self, data: DataObject) -> None:
        token, owner = self._draw_session(data)
        own = [each for each, (who, _) in self.model.sessions.items() if who == owner]
        other = _drawn(data, own, "other session")
        _, session = self.server.send("GET", "/sessions/me", token=other)
        status, _ = self.server.send("DELETE", f"/sessions/{session['objectId']}", token=token)
        assert status == 200
        self.model.end(other)

    @precondition(lambda self: self.model.sessions)
    @rule(data=st.data())
    def delete_the_account(self, data: DataObject) -> None:
        token, owner = self._draw_session(data)
        assert self.server.send("DELETE", f"/users/{owner}", token=token)[0] == 200
        self.model.end_all_of(owner)
        del self.model.accounts[owner]

    # -- what holds always

    @invariant()
    def sessions_are_good_exactly_while_they_should_be(self) -> None:
        for token, (owner, _) in self.model.sessions.items():
            status, me = self.server.send("GET", "/users/me", token=token)
            assert (status, me.get("objectId")) == (200, owner)
        self._check_ended(self.model.ended[-3:])

    @invariant()
    def the_store_holds_no_other_accounts_and_sessions(self) -> None:
        _, users = self.server.send("GET", "/users?limit=1000", master=True)
        assert {each["objectId"] for each in users["results"]} == self.model.accounts.keys()
        _, sessions = self.server.send("GET", "/sessions?limit=1000", master=True)
        assert {each["sessionToken"] for each in sessions["results"]} == self.model.sessions.keys()

    # -- steps

    def _draw_session(self, data: DataObject) -> tuple[str, str]:
        """A valid token, and whose it is."""
        token = _drawn(data, self.model.sessions, "session")
        return token, self.model.sessions[token][0]

    def _has_password(
        self, owner: str, password: str, token: str, installation: str | None
    ) -> None:
        """A new password ends every session; whoever has set it goes on with a new one."""
        self.model.accounts[owner].password = password
        self.model.end_all_of(owner)
        self.model.enter(token, owner, installation)

    def _check_ended(self, tokens: Iterable[str]) -> None:
        for token in tokens:
            status, refused = self.server.send("GET", "/users/me", token=token)
            assert (status, refused["code"]) == (400, Code.INVALID_SESSION_TOKEN)

    def _check_credentials(self) -> None:
        for name in ("ann", "Ann", "ben", "cleo"):
            owner = self.model.named(name)
            for password in ("one", "two", "three"):
                body = {"username": name, "password": password}
                status, _ = self.server.send("POST", "/verifyPassword", body)
                right = owner is not None and self.model.accounts[owner].password == password
                assert status == (200 if right else 404), body


def _drawn(data: DataObject, choices: Iterable[str], label: str) -> str:
    """Ids and tokens are random, so it is their places in order of age that are drawn."""
    listed = list(choices)
    return listed[data.draw(st.integers(0, len(listed) - 1), label)]


def _anonymous(identity: str | None) -> dict[str, object]:
    data = None if identity is None else {"id": identity}
    return {"authData": {"anonymous": data}}


TestAccountMachine = AccountMachine.TestCase
TestAccountMachine.settings = settings(
    max_examples=RUNS,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
