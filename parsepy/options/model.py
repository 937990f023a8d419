"""The options as the product uses them: typed, frozen, with Python names."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import msgspec

from parsepy.options.ip_list import IpList
from parsepy.options.patterns import Pattern
from parsepy.options.proxy_trust import ProxyTrust
from parsepy.types import JSONObject

TOO_MANY: Final = "Too many requests."

Decision: TypeAlias = bool | Callable[..., object]
"""A setting, or a function (plain or async) that decides case by case."""


class RequestComplexity(msgspec.Struct, frozen=True, kw_only=True):
    """Upper bounds for callers without the master key; -1 means none."""

    allow_regex: bool = True
    batch_request_limit: int = -1
    graphql_depth: int = -1
    graphql_fields: int = -1
    include_count: int = -1
    include_depth: int = -1
    query_depth: int = -1
    subquery_depth: int = -1
    subquery_limit: int = -1


class RateLimit(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of `rateLimit`: `count` requests per `window` milliseconds and key of the zone.

    `methods` is a list of methods or a pattern; `None` counts all.
    """

    path: str
    window: int
    count: int
    methods: tuple[str, ...] | str | None = None
    message: str = TOO_MANY
    include_internal: bool = False
    include_master_key: bool = False
    redis_url: str | None = None
    zone: str = "ip"


class Idempotency(msgspec.Struct, frozen=True, kw_only=True):
    """`ttl` is in seconds; `paths` are patterns for the path without its first slash."""

    paths: tuple[str, ...] = ()
    ttl: float = 300
    replay: bool = False


class AggregationDefaults(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for pipelines that do not say it themselves."""

    raw_field_names: bool = False
    raw_values: bool = False


class FileAccess(msgspec.Struct, frozen=True, kw_only=True):
    """For whom uploads or downloads are open; mighty keys are always."""

    public: bool
    anonymous_user: bool
    authenticated_user: bool


class SignedUrls(msgspec.Struct, frozen=True, kw_only=True):
    """`expires_in` is in seconds; `key` is what signatures are made with."""

    expires_in: int
    key: str


class Installations(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a row whose device has another one: it is deleted, or loses a field; with the
    server's rights or the caller's; and which of two rows that are merged survives."""

    clears_field: bool = False
    enforce_auth: bool = False
    token_row_survives: bool = True


class PasswordPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """`max_password_age` is in days, `reset_token_validity_duration` in seconds; `None`: no end."""

    validator_pattern: Pattern | None = None
    validator_callback: Callable[[str], object] | None = None
    validation_error: str | None = None
    do_not_allow_username: bool = False
    max_password_age: float | None = None
    max_password_history: int = 0
    reset_token_validity_duration: float | None = None
    reset_token_reuse_if_valid: bool = False
    reset_password_success_on_invalid_email: bool = True


class AccountLockout(msgspec.Struct, frozen=True, kw_only=True):
    """`duration` is in minutes."""

    duration: float
    threshold: int
    unlock_on_password_reset: bool = False


class EmailVerification(msgspec.Struct, frozen=True, kw_only=True):
    """`token_validity_duration` is in seconds; `None`: tokens do not expire."""

    verify_user_emails: Decision = False
    prevent_login_with_unverified_email: Decision = False
    prevent_signup_with_unverified_email: bool = False
    send_user_email_verification: Decision = True
    token_validity_duration: float | None = None
    token_reuse_if_valid: bool = False
    success_on_invalid_email: bool = True


class Pages(msgspec.Struct, frozen=True, kw_only=True):
    """`placeholders` are values, or a function of the page's parameters."""

    pages_endpoint: str = "apps"
    pages_path: str | None = None
    enable_localization: bool = False
    localization_json_path: str | None = None
    localization_fallback_locale: str = "en"
    placeholders: Mapping[str, object] | Callable[..., object] = msgspec.field(default_factory=dict)
    force_redirect: bool = False
    encode_page_param_headers: bool = False
    custom_urls: Mapping[str, str] = msgspec.field(default_factory=dict)
    custom_routes: tuple[Mapping[str, object], ...] = ()


class SecurityCheck(msgspec.Struct, frozen=True, kw_only=True):
    """`check_groups` are those of the app's own."""

    enable_check: bool = False
    enable_check_log: bool = False
    check_groups: tuple[object, ...] = ()


class CloudCode(msgspec.Struct, frozen=True, kw_only=True):
    """`timeout` is in seconds."""

    timeout: float
    threads: int
    allow_private: bool


class Webhooks(msgspec.Struct, frozen=True, kw_only=True):
    """`timeout` is in seconds, `max_answer` in bytes."""

    timeout: float
    allow_private: bool
    max_redirects: int
    max_answer: int


DOORS: Final = "doors"
CHANGE_STREAM: Final = "changeStream"


class LiveQuery(msgspec.Struct, frozen=True, kw_only=True):
    """`class_names` are names or patterns, `ping_interval` is in seconds, `max_unsent` in bytes.

    `source`: `DOORS`, what this app's servers tell of their writes, or `CHANGE_STREAM`, what the
    database tells of all.

    `serves`: whether this process has sockets. `resume_events`: how many are kept for clients that
    come back.
    """

    class_names: tuple[str, ...]
    source: str
    serves: bool
    key_pairs: Mapping[str, str]
    ping_interval: float
    max_subscriptions: int
    max_unsent: int
    max_frame: int
    resume_events: int
    redis_url: str | None
    """Through which the servers of the app tell each other."""
    port: int | None
    """Where there are sockets besides the API's port."""


class ServerOptions(msgspec.Struct, frozen=True, kw_only=True):
    """One app's options; made by `load_options`, which validates.

    Keys are `None` where not set. `mount_path` begins with a slash and does not end with one; it
    is empty when the API is mounted at the root. `max_upload_size` is in bytes, `session_length`
    in seconds, `cache_ttl` in milliseconds. `cluster` is the number of worker processes, 1
    meaning none beside this one. `route_allow_list` is `None` where every route is open.
    `protected_fields` holds parse-server's default already.
    `raw` has every option under its Parse name, defaults filled in at the top level.
    """

    app_id: str
    app_name: str | None
    master_key: str
    master_key_ips: IpList
    read_only_master_key: str | None
    read_only_master_key_ips: IpList
    maintenance_key: str | None
    maintenance_key_ips: IpList
    client_key: str | None
    javascript_key: str | None
    rest_api_key: str | None
    dot_net_key: str | None
    webhook_key: str | None
    enable_sanitized_error_response: bool
    request_keyword_denylist: tuple[JSONObject, ...]
    request_complexity: RequestComplexity
    route_allow_list: tuple[str, ...] | None
    rate_limit: tuple[RateLimit, ...]
    idempotency: Idempotency
    allowed_file_url_domains: tuple[str, ...]
    file_upload: FileAccess
    file_extensions: tuple[str, ...]
    file_download: FileAccess
    signed_urls: SignedUrls | None
    """`None` where the addresses of files are plain."""
    file_access_control: str | None
    """Whose a file is that was uploaded without an ACL, `owner` or `public`; `None` where files
    have none."""
    installations: Installations
    analytics_adapter: object | None
    enable_product_purchase_legacy_api: bool
    preserve_file_name: bool
    file_key: str | None
    files_adapter: object

    server_url: str
    public_server_url: str | Callable[[], object] | None
    mount_path: str
    port: int
    host: str
    trust_proxy: ProxyTrust
    allow_origin: tuple[str, ...]
    allow_headers: tuple[str, ...]
    max_upload_size: int
    cluster: int

    database_uri: str
    database_options: Mapping[str, object]
    collection_prefix: str
    schema: Mapping[str, object]
    allow_client_class_creation: bool
    allow_custom_object_id: bool
    object_id_size: int
    enable_collation_case_comparison: bool
    default_limit: int
    max_limit: int | None
    aggregation: AggregationDefaults
    allow_aggregation_for_read_only_master_key: bool

    cloud: tuple[str | Callable[..., object], ...]
    cloud_code: CloudCode
    webhooks: Webhooks
    live_query: LiveQuery

    auth: Mapping[str, object]
    enable_anonymous_users: bool
    enable_insecure_auth_adapters: bool
    allow_expired_auth_data_token: bool
    password_policy: PasswordPolicy | None
    account_lockout: AccountLockout | None
    password_hashing: str
    verification: EmailVerification
    email_adapter: object | None
    pages: Pages
    parse_frame_url: str | None
    security: SecurityCheck
    enforce_private_users: bool
    convert_email_to_lowercase: bool
    convert_username_to_lowercase: bool
    session_length: int
    expire_inactive_sessions: bool
    extend_session_on_use: bool
    revoke_session_on_password_reset: bool
    protected_fields: Mapping[str, Mapping[str, tuple[str, ...]]]
    protected_fields_owner_exempt: bool
    protected_fields_save_response_exempt: bool
    protected_fields_trigger_exempt: bool

    cache_ttl: int
    cache_max_size: int
    redis_url: str | None
    log_level: str | None
    """What is kept and shown at least; `None` leaves it to each place."""
    log_levels: Mapping[str, str]
    logger_adapter: object | None
    logs_folder: str | None
    max_log_files: object | None
    json_logs: bool
    silent: bool

    raw: Mapping[str, object]
