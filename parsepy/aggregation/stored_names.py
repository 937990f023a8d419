"""Names of stored columns, which pipelines use beside those of fields (rest-objects sheet, §15)."""

from typing import Final

POINTER_PREFIX: Final = "_p_"
AUTH_PREFIX: Final = "_auth_data_"

COMMON: Final = {"objectId": "_id", "createdAt": "_created_at", "updatedAt": "_updated_at"}
"""Of every class."""

SESSION: Final = {
    "sessionToken": "_session_token",
    "lastUsed": "_last_used",
    "timesUsed": "times_used",
}

SECRETS: Final = frozenset(
    (
        "_hashed_password _email_verify_token _email_verify_token_expires_at _perishable_token"
        " _perishable_token_expires_at _password_changed_at _password_history _tombstone"
        " _account_lockout_expires_at _failed_login_count _session_token"
    ).split()
)
"""Columns that no answer shows under their own name, however deep they lie in it."""

SECRET_CLASSES: Final = ("_User", "_Session")
"""The classes that have such columns."""
