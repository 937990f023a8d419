"""Users, sessions and login providers."""

from typing import Final

from parsepy.options.definition import (
    Option,
    Section,
    decision,
    items,
    mapping,
    number,
    switch,
    text,
)
from parsepy.options.definitions.policies import ACCOUNT_LOCKOUT, PASSWORD_POLICY

_ACCOUNTS: Final[tuple[Option, ...]] = (
    mapping(
        "auth",
        "Login providers by name; `enabled: false` switches one off.",
        supported=True,
        production=True,
        environment="PARSE_SERVER_AUTH_PROVIDERS",
    ),
    switch(
        "enableAnonymousUsers",
        "Accepts anonymous users.",
        True,
        supported=True,
        environment="PARSE_SERVER_ENABLE_ANON_USERS",
    ),
    switch("enableInsecureAuthAdapters", "Permits providers known to be insecure.", False),
    switch(
        "allowExpiredAuthDataToken",
        "Checks only the providers that an update changes; going away.",
        False,
    ),
    switch("enforcePrivateUsers", "New users are not publicly readable.", True, supported=True),
    switch("convertEmailToLowercase", "Stores addresses in lower case.", False, supported=True),
    switch("convertUsernameToLowercase", "Stores usernames in lower case.", False, supported=True),
    mapping(
        "passwordPolicy",
        "Rules for passwords.",
        supported=True,
        production=True,
        members=PASSWORD_POLICY,
    ),
    text(
        "passwordHashing",
        "How new passwords are stored: bcrypt or argon2. Not in parse-server, which cannot read "
        "what argon2 wrote: there is no way back.",
        "bcrypt",
        supported=True,
    ),
    mapping(
        "accountLockout",
        "Locks an account after failed logins.",
        supported=True,
        production=True,
        members=ACCOUNT_LOCKOUT,
    ),
    number(
        "sessionLength",
        "Life of a session in seconds.",
        31536000,
        supported=True,
        production=True,
    ),
    switch("expireInactiveSessions", "Sessions end at all.", True, supported=True),
    switch(
        "extendSessionOnUse",
        "Use in the second half of its life renews a session.",
        False,
        supported=True,
    ),
    switch(
        "revokeSessionOnPasswordReset",
        "A new password ends all sessions of the user.",
        True,
        supported=True,
    ),
)

_VERIFICATION: Final[tuple[Option, ...]] = (
    decision(
        "verifyUserEmails",
        "Asks users to confirm their address.",
        False,
        supported=True,
        production=True,
    ),
    decision("preventLoginWithUnverifiedEmail", "No login before that.", False, supported=True),
    switch(
        "preventSignupWithUnverifiedEmail",
        "Sign-up answers 205 before that.",
        False,
        supported=True,
    ),
    decision("sendUserEmailVerification", "Sends the mail for it.", True, supported=True),
    number("emailVerifyTokenValidityDuration", "Seconds for which its link works.", supported=True),
    switch(
        "emailVerifyTokenReuseIfValid", "Sends a still valid link again.", False, supported=True
    ),
    switch(
        "emailVerifySuccessOnInvalidEmail",
        "Does not tell which addresses exist.",
        True,
        supported=True,
    ),
)

_HIDDEN_FIELDS: Final[tuple[Option, ...]] = (
    mapping(
        "protectedFields",
        "Fields hidden from readers, by class and group.",
        {"_User": {"*": ["email"]}},
        supported=True,
        production=True,
    ),
    switch("protectedFieldsOwnerExempt", "Users see all of their own row.", True, supported=True),
    switch(
        "protectedFieldsSaveResponseExempt",
        "Answers to saves hide nothing.",
        True,
        supported=True,
    ),
    switch("protectedFieldsTriggerExempt", "Triggers get whole originals.", False, supported=True),
    items("userSensitiveFields", "Old form of protectedFields for `_User`."),
)

USERS: Final = Section(
    "Users, sessions, authentication", _ACCOUNTS + _VERIFICATION + _HIDDEN_FIELDS
)
