"""The options as the product uses them: typed, frozen, with Python names."""

from collections.abc import Mapping

import msgspec

from parsepy.options.ip_list import IpList
from parsepy.options.proxy_trust import ProxyTrust
from parsepy.types import JSONObject


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


class ServerOptions(msgspec.Struct, frozen=True, kw_only=True):
    """One app's options; made by `load_options`, which validates.

    Keys are `None` where not set. `mount_path` begins with a slash and does not end with one; it
    is empty when the API is mounted at the root. `max_upload_size` is in bytes, `session_length`
    in seconds, `cache_ttl` in milliseconds. `cluster` is the number of worker processes, 1
    meaning none beside this one. `protected_fields` holds parse-server's default already.
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
    enable_sanitized_error_response: bool
    request_keyword_denylist: tuple[JSONObject, ...]
    request_complexity: RequestComplexity

    server_url: str
    public_server_url: str | None
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
    allow_client_class_creation: bool
    allow_custom_object_id: bool
    object_id_size: int
    enable_collation_case_comparison: bool
    default_limit: int
    max_limit: int | None

    auth: Mapping[str, object]
    enable_anonymous_users: bool
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
    log_level: str | None

    raw: Mapping[str, object]
