"""Start-up checks with the messages of parse-server, in its order.

Each check takes all options, defaults filled in, and raises `OptionsError` on the first fault.
What a check does not look at is covered by the type check of the whole table that follows.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from parsepy.options.validation import (
    accounts,
    features,
    files,
    keys,
    limits,
    pages,
    rate_limit,
    schema,
)

Check: TypeAlias = Callable[[Mapping[str, object]], None]

CHECKS: Final[tuple[Check, ...]] = (
    keys.check_required,
    keys.check_keys_differ,
    accounts.check_account_lockout,
    accounts.check_password_policy,
    accounts.check_password_hashing,
    files.check_file_upload,
    files.check_file_download,
    accounts.check_session_switches,
    accounts.check_public_server_url,
    accounts.check_session_length,
    keys.check_ip_lists,
    limits.check_default_limit,
    limits.check_max_limit,
    limits.check_allow_headers,
    limits.check_idempotency,
    pages.check_pages,
    features.check_security,
    schema.check_schema,
    features.check_plain_switches,
    features.check_keyword_denylist,
    rate_limit.check_rate_limit,
    features.check_log_levels,
    schema.check_database_options,
    pages.check_custom_pages,
    limits.check_request_complexity,
    features.check_live_query,
    limits.check_redis,
    limits.check_route_allow_list,
    features.check_installation,
    features.check_functions,
    features.check_cloud_code,
    accounts.check_email,
)


def validate(values: Mapping[str, object]) -> None:
    """Runs all checks; raises `OptionsError` with the message of the first that fails."""
    for check in CHECKS:
        check(values)
