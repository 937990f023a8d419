"""The group `Parse Server Configuration`: settings that leave a door open.

Titles are parse-server's, since dashboards and scripts look for them.
"""

from collections.abc import Mapping
from typing import Final

from parsepy.options.ip_list import IpList
from parsepy.options.model import RequestComplexity, ServerOptions
from parsepy.security_check.base import Check, CheckGroup
from parsepy.security_check.strength import is_strong

# Addresses that documentation has to itself (RFC 5737, RFC 3849): who lets them in, lets in all.
_NOBODY_S: Final = ("192.0.2.1", "2001:db8::1")


def configuration_group(options: ServerOptions) -> CheckGroup:
    return CheckGroup(
        "Parse Server Configuration",
        [
            *_secrets_and_logs(options),
            *_accounts(options),
            *_graphql(options),
            *_queries(options),
            *_answers_about_users(options),
        ],
    )


def _secrets_and_logs(options: ServerOptions) -> list[Check]:
    return [
        Check(
            "Secure master key",
            "The master key can be guessed, and it opens everything.",
            "Set masterKey to what `parsepy keys` makes, or another long random text.",
            lambda: is_strong(options.master_key),
        ),
        Check(
            "Security log disabled",
            "This report is written to the log: who reads it learns where the server is weak.",
            "Set security.enableCheckLog to false once the report has been read.",
            lambda: not options.security.enable_check_log,
        ),
        Check(
            "Client class creation disabled",
            "Anybody can make new classes and fill the database with them.",
            "Set allowClientClassCreation to false once the app has its classes.",
            lambda: not options.allow_client_class_creation,
        ),
    ]


def _accounts(options: ServerOptions) -> list[Check]:
    return [
        Check(
            "Users are created without public access",
            "Anybody can read new users, one by one or as a list.",
            "Set enforcePrivateUsers to true.",
            lambda: options.enforce_private_users,
        ),
        Check(
            "Insecure auth adapters disabled",
            "Some login providers believe what a client says about itself: anybody can log in as"
            " somebody else.",
            "Set enableInsecureAuthAdapters to false.",
            lambda: not options.enable_insecure_auth_adapters,
        ),
    ]


def _graphql(options: ServerOptions) -> list[Check]:
    return [
        Check(
            "GraphQL public introspection disabled",
            "Anybody can read the GraphQL schema, which names every class and field.",
            "Set graphQLPublicIntrospection to false; the master key opens it still.",
            lambda: not options.raw.get("graphQLPublicIntrospection"),
        ),
        Check(
            "GraphQL Playground disabled",
            "The GraphQL playground is open, and its page can hold the master key.",
            "Set mountPlayground to false and use a dashboard instead.",
            lambda: not options.raw.get("mountPlayground"),
        ),
    ]


def _queries(options: ServerOptions) -> list[Check]:
    return [
        Check(
            "Public database explain disabled",
            "Anybody can ask how the database runs a query, and so for its indexes.",
            "Set databaseOptions.allowPublicExplain to false; the master key may ask still.",
            lambda: not options.database_options.get("allowPublicExplain"),
        ),
        Check(
            "Read-only master key IP range restricted",
            "Whoever has the read-only master key can use it from anywhere.",
            'List the addresses that need it in readOnlyMasterKeyIps, such as ["127.0.0.1"].',
            lambda: (
                not (options.read_only_master_key and _is_open(options.read_only_master_key_ips))
            ),
        ),
        Check(
            "Request complexity limits enabled",
            "A single request can ask for more work than the server can bear.",
            "Set every member of requestComplexity to the most that the app needs.",
            lambda: _is_limited(options.request_complexity),
        ),
    ]


def _answers_about_users(options: ServerOptions) -> list[Check]:
    return [
        Check(
            "Password reset endpoint user enumeration mitigated",
            "Requests for a password reset tell which addresses have an account.",
            "Set passwordPolicy.resetPasswordSuccessOnInvalidEmail to true.",
            lambda: (
                options.password_policy is None
                or options.password_policy.reset_password_success_on_invalid_email
            ),
        ),
        Check(
            "Email verification endpoint user enumeration mitigated",
            "Requests for a verification mail tell which addresses have an account.",
            "Set emailVerifySuccessOnInvalidEmail to true.",
            lambda: options.verification.success_on_invalid_email,
        ),
        Check(
            "LiveQuery regex timeout enabled",
            "A pattern in a live query may take as long as it likes.",
            "Set liveQuery.regexTimeout to 100, in milliseconds.",
            lambda: _is_regex_bounded(options.raw.get("liveQuery")),
        ),
    ]


def _is_open(addresses: IpList) -> bool:
    return any(addresses.allows(address) for address in _NOBODY_S)


def _is_limited(limits: RequestComplexity) -> bool:
    return -1 not in (
        limits.include_depth,
        limits.include_count,
        limits.subquery_depth,
        limits.query_depth,
        limits.graphql_depth,
        limits.graphql_fields,
        limits.batch_request_limit,
    )


def _is_regex_bounded(live_query: object) -> bool:
    if not isinstance(live_query, Mapping) or not live_query.get("classNames"):
        return True
    return live_query.get("regexTimeout") != 0
