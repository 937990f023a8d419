"""The server of the tests takes the account's own tokens, and nothing that looks like one."""

import jwt
import pytest

from tests.support.gcs_signatures import EMAIL, ServiceAccount, check_token, the_account
from tests.support.object_server import RefusedError

NOW = 1_800_000_000
CLAIMS: dict[str, object] = {
    "iss": EMAIL,
    "sub": EMAIL,
    "scope": "https://www.googleapis.com/auth/cloud-platform",
    "iat": NOW,
    "exp": NOW + 3600,
}


def _token(claims: dict[str, object], account: ServiceAccount, key_id: str | None = None) -> str:
    headers = {"kid": key_id or account.key_id}
    return jwt.encode(claims, account.key, algorithm="RS256", headers=headers)


def test_a_token_of_the_account_is_accepted() -> None:
    check_token(_token(CLAIMS, the_account()), the_account(), NOW)


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "nobody@example.com"},
        {"sub": "nobody@example.com"},
        {"scope": "https://www.googleapis.com/auth/devstorage.read_only"},
        {"scope": None},
        {"exp": NOW},
        {"exp": NOW + 3601},
        {"iat": NOW + 1},
    ],
    ids=str,
)
def test_other_claims_are_refused(changed: dict[str, object]) -> None:
    with pytest.raises(RefusedError):
        check_token(_token({**CLAIMS, **changed}, the_account()), the_account(), NOW)


def test_other_keys_are_refused() -> None:
    account, other = the_account(), ServiceAccount.new()
    genuine = _token(CLAIMS, account)
    head, claims, signature = genuine.split(".")
    unsigned = jwt.encode(CLAIMS, "", algorithm="none", headers={"kid": account.key_id})
    for token in (
        _token(CLAIMS, other, account.key_id),
        _token(CLAIMS, account, "another"),
        unsigned,
        f"{head}.{claims}.{signature[::-1]}",
        f"{head}.{claims}.",
        "no token",
        "",
    ):
        with pytest.raises(RefusedError):
            check_token(token, account, NOW)
