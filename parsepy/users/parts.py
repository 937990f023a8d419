"""The parts of accounts in one app, wired to each other."""

from parsepy.auth.registry import AuthProviders
from parsepy.cache import Changes
from parsepy.email.base import Mailer
from parsepy.objects.context import ObjectServices
from parsepy.objects.ports import ClassRules
from parsepy.outbound import Outbound
from parsepy.users.accounts import Accounts
from parsepy.users.auth_data import AuthData
from parsepy.users.background import Background
from parsepy.users.challenge import Challenges
from parsepy.users.lockout import Lockout
from parsepy.users.password_log_in import PasswordLogIn
from parsepy.users.password_reset import PasswordReset
from parsepy.users.password_rules import PasswordRules
from parsepy.users.passwords import Passwords
from parsepy.users.roles import RoleRules, Roles
from parsepy.users.session_rules import SessionRules
from parsepy.users.sessions import Sessions
from parsepy.users.user_rules import UserRules
from parsepy.users.verification import EmailVerification


class AccountParts:
    """`rules` are what accounts add to the steps of their classes.

    Raises `OptionsError` for log-in providers that cannot work.
    """

    def __init__(
        self,
        objects: ObjectServices,
        roles: Roles,
        changes: Changes,
        outbound: Outbound,
        mailer: Mailer | None,
    ) -> None:
        options = objects.options
        self.passwords = Passwords(argon2=options.password_hashing == "argon2")
        self.background = Background()
        self.sessions = Sessions(objects, changes)
        self.verification = EmailVerification(options, mailer, self.background)
        self.password_reset = PasswordReset(options, mailer, self.background)
        lockout = Lockout(options.account_lockout)
        auth_data = AuthData(AuthProviders(options, outbound), lockout)
        password_rules = PasswordRules(self.passwords, options.password_policy)
        password_log_in = PasswordLogIn(self.passwords, lockout, self.verification, auth_data)
        self.accounts = Accounts(password_log_in, password_rules, auth_data, self.sessions)
        self.challenges = Challenges(password_log_in, auth_data)
        self.rules: dict[str, ClassRules] = {
            "_User": UserRules(password_rules, self.verification, self.sessions, auth_data),
            "_Session": SessionRules(self.sessions),
            "_Role": RoleRules(roles),
        }
