"""Logging in and signing up, and what others notice of it."""

from typing import Final
from uuid import uuid4

from parsepy.types import JSONObject
from scripts.benchmark.exchange import Client, Request, WrongAnswerError
from scripts.benchmark.scenarios.scenario import (
    Beside,
    Expected,
    Scenario,
    get,
    read_back,
    same,
)
from scripts.benchmark.seed import PASSWORD, SCORES, USERNAME, Seed, row

SIGN_UPS: Final = 3000
"""Requests of one window, each with a name of its own: more than any window gets through."""

LOG_INS: Final = 16


def _login(password: str = PASSWORD) -> Request:
    return Request("POST", "/login", {"username": USERNAME, "password": password})


def _check_login(client: Client, seed: Seed) -> None:
    token = client.send(_login()).text(200, "sessionToken")
    me = client.send(_me(token)).json_object(200)
    same(me, {"objectId": seed.user_id, "username": USERNAME}, "login")
    refused = client.send(_login("wrong")).json_object(404)
    same(refused, {"code": 101, "error": "Invalid username/password."}, "a wrong password")


def _me(token: str) -> Request:
    return Request("GET", "/users/me", session_token=token)


def _sign_up(username: str) -> Request:
    account: JSONObject = {
        "username": username,
        "email": f"{username}@bench.test",
        "password": PASSWORD,
    }
    return Request("POST", "/users", account)


def _sign_ups(_client: Client, _seed: Seed) -> list[Request]:
    new = uuid4().hex
    return [_sign_up(f"{new}-{number}") for number in range(SIGN_UPS)]


def _check_sign_up(client: Client, _seed: Seed) -> None:
    username = uuid4().hex
    token = client.send(_sign_up(username)).text(201, "sessionToken")
    same(client.send(_me(token)).json_object(200), {"username": username}, "sign-up")
    taken = client.send(_sign_up(username)).json_object(400)
    same(taken, {"code": 202}, "a sign-up with a name that is taken")
    if "sessionToken" in taken:
        raise WrongAnswerError("a sign-up with a name that is taken was let in")


def _check_get_and_login(client: Client, seed: Seed) -> None:
    same(read_back(client, SCORES, seed.scores[7]), row(7, seed.user_id), "get")
    _check_login(client, seed)


def _gets(_client: Client, seed: Seed) -> list[Request]:
    return [get(SCORES, object_id) for object_id in seed.scores]


OBJECT: Final = Expected(200, '"createdAt"')
SESSION: Final = Expected(200, '"sessionToken":"r:')


def _beside_log_ins(alone: str) -> Beside:
    return Beside(alone, LOG_INS, lambda _client, _seed: [_login()], SESSION)


ACCOUNTS: tuple[Scenario, ...] = (
    Scenario(
        "login",
        "login (bcrypt, cost 10)",
        lambda _client, _seed: [_login()],
        _check_login,
        SESSION,
    ),
    Scenario(
        "sign-up",
        "sign-up (bcrypt, cost 10)",
        _sign_ups,
        _check_sign_up,
        Expected(201, '"sessionToken":"r:'),
    ),
    Scenario("get-1", "get by id, one client", _gets, _check_get_and_login, OBJECT, connections=1),
    Scenario(
        "get-1-logins",
        f"get by id, one client, beside {LOG_INS} log-ins",
        _gets,
        _check_get_and_login,
        OBJECT,
        beside=_beside_log_ins("get by id, one client"),
        connections=1,
    ),
    Scenario(
        "get-logins",
        f"get by id, beside {LOG_INS} log-ins",
        _gets,
        _check_get_and_login,
        OBJECT,
        beside=_beside_log_ins("get by id"),
    ),
)
