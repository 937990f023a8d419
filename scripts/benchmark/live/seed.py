"""Who may read what only a role may read."""

from dataclasses import dataclass

from parsepy.types import JSONObject, JSONValue
from scripts.benchmark.exchange import MASTER, Client, Request
from scripts.benchmark.seed import PASSWORD, pointer

MEMBERS = 20
ROLE = "benchMembers"


@dataclass(frozen=True, slots=True)
class Seed:
    """The sessions of the role's members."""

    tokens: list[str]


def plant(client: Client) -> Seed:
    """Raises `WrongAnswerError` where something is not stored."""
    tokens, members = list[str](), list[JSONValue]()
    for number in range(MEMBERS):
        account: JSONObject = {"username": f"member {number}", "password": PASSWORD}
        signed_up = client.send(Request("POST", "/users", account))
        tokens.append(signed_up.text(201, "sessionToken"))
        members.append(pointer("_User", signed_up.text(201, "objectId")))
    role: JSONObject = {
        "name": ROLE,
        "ACL": {},
        "users": {"__op": "AddRelation", "objects": members},
    }
    client.send(Request("POST", "/roles", role, headers=MASTER)).text(201, "objectId")
    return Seed(tokens)
