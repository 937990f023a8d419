from parsepy.types import ParseObject
from parsepy.users.public_fields import public_fields, without_secrets

STORED: ParseObject = {
    "objectId": "1",
    "username": "ann",
    "authData": {"anonymous": {"id": "2"}},
    "password": "secret",
    "sessionToken": "r:1",
    "_hashed_password": "$2b$10$…",
    "_email_verify_token": "token",
    "_session_token": "r:2",
}


def test_providers_see_proofs_and_no_secrets() -> None:
    assert without_secrets(STORED) == {
        "objectId": "1",
        "username": "ann",
        "authData": {"anonymous": {"id": "2"}},
    }


def test_others_see_no_proofs_either_and_the_user_keeps_them() -> None:
    assert public_fields(STORED) == {"objectId": "1", "username": "ann"}
    assert "authData" in STORED
