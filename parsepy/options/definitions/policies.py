"""Groups about passwords and failed logins."""

from typing import Final

from parsepy.options.definition import Group, Kind, Option, function, number, switch, text

PASSWORD_POLICY: Final = Group(
    "PasswordPolicyOptions",
    "PARSE_SERVER_PASSWORD_POLICY",
    (
        switch(
            "doNotAllowUsername",
            "The password may not contain the username.",
            False,
            supported=True,
        ),
        number(
            "maxPasswordAge",
            "Days until a password is too old to log in.",
            supported=True,
            production=True,
        ),
        number(
            "maxPasswordHistory",
            "How many earlier passwords are refused, up to 20.",
            supported=True,
        ),
        switch(
            "resetPasswordSuccessOnInvalidEmail",
            "Does not tell which addresses exist.",
            True,
            supported=True,
        ),
        switch("resetTokenReuseIfValid", "Sends a still valid link again.", False, supported=True),
        number(
            "resetTokenValidityDuration",
            "Seconds for which a reset link works.",
            supported=True,
            production=True,
        ),
        text("validationError", "Text of the error when a password is refused.", supported=True),
        function("validatorCallback", "Says whether a password is good enough.", supported=True),
        Option(
            Kind.STRING_OR_PATTERN,
            "validatorPattern",
            "Regular expression that a password has to match.",
            supported=True,
            production=True,
        ),
    ),
)

ACCOUNT_LOCKOUT: Final = Group(
    "AccountLockoutOptions",
    "PARSE_SERVER_ACCOUNT_LOCKOUT",
    (
        number(
            "duration",
            "Minutes for which the account stays locked.",
            supported=True,
            production=True,
        ),
        number(
            "threshold", "Failed logins that lock it, up to 999.", supported=True, production=True
        ),
        switch("unlockOnPasswordReset", "A password reset opens it again.", False, supported=True),
    ),
)
