"""Groups about passwords and failed logins."""

from typing import Final

from parsepy.options.definition import Group, Kind, Option, function, number, switch, text

PASSWORD_POLICY: Final = Group(
    "PasswordPolicyOptions",
    "PARSE_SERVER_PASSWORD_POLICY",
    (
        switch("doNotAllowUsername", "The password may not contain the username.", False),
        number("maxPasswordAge", "Days until a password is too old to log in.", production=True),
        number("maxPasswordHistory", "How many earlier passwords are refused, up to 20."),
        switch("resetPasswordSuccessOnInvalidEmail", "Does not tell which addresses exist.", True),
        switch("resetTokenReuseIfValid", "Sends a still valid link again.", False),
        number(
            "resetTokenValidityDuration", "Seconds for which a reset link works.", production=True
        ),
        text("validationError", "Text of the error when a password is refused."),
        function("validatorCallback", "Says whether a password is good enough."),
        Option(
            Kind.STRING,
            "validatorPattern",
            "Regular expression that a password has to match.",
            production=True,
        ),
    ),
)

ACCOUNT_LOCKOUT: Final = Group(
    "AccountLockoutOptions",
    "PARSE_SERVER_ACCOUNT_LOCKOUT",
    (
        number("duration", "Minutes for which the account stays locked.", production=True),
        number("threshold", "Failed logins that lock it, up to 999.", production=True),
        switch("unlockOnPasswordReset", "A password reset opens it again.", False),
    ),
)
