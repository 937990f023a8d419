"""From validated values by Parse name to `ServerOptions`."""

import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast

from parsepy.options.byte_size import parse_byte_size
from parsepy.options.database_uri import check_database_uri
from parsepy.options.errors import OptionsError
from parsepy.options.ip_list import IpList
from parsepy.options.model import RequestComplexity, ServerOptions
from parsepy.options.protected_fields import merged_protected_fields
from parsepy.options.proxy_trust import ProxyTrust
from parsepy.types import JSONObject


def normalised_mount_path(path: str) -> str:
    """One leading slash, no trailing one; empty for the root."""
    inner = path.strip("/")
    return f"/{inner}" if inner else ""


def build_options(values: Mapping[str, object]) -> ServerOptions:
    """`values` are complete and have passed `validate` and `check_types`."""
    # The type check has run over every value; beyond it the mapping is trusted.
    v = cast("Mapping[str, Any]", values)
    check_database_uri(v["databaseURI"])
    return ServerOptions(
        app_id=v["appId"],
        app_name=v.get("appName"),
        master_key=v["masterKey"],
        master_key_ips=IpList.parse("masterKeyIps", v["masterKeyIps"]),
        read_only_master_key=v.get("readOnlyMasterKey") or None,
        read_only_master_key_ips=IpList.parse("readOnlyMasterKeyIps", v["readOnlyMasterKeyIps"]),
        maintenance_key=v.get("maintenanceKey") or None,
        maintenance_key_ips=IpList.parse("maintenanceKeyIps", v["maintenanceKeyIps"]),
        client_key=v.get("clientKey") or None,
        javascript_key=v.get("javascriptKey") or None,
        rest_api_key=v.get("restAPIKey") or None,
        dot_net_key=v.get("dotNetKey") or None,
        enable_sanitized_error_response=v["enableSanitizedErrorResponse"],
        request_keyword_denylist=_denylist(v["requestKeywordDenylist"]),
        request_complexity=_complexity(v["requestComplexity"]),
        server_url=v["serverURL"],
        public_server_url=v.get("publicServerURL") or None,
        mount_path=normalised_mount_path(v["mountPath"]),
        port=int(v["port"]),
        host=v["host"],
        trust_proxy=ProxyTrust.parse("trustProxy", v["trustProxy"]),
        allow_origin=_origins(v.get("allowOrigin")),
        allow_headers=tuple(v.get("allowHeaders") or ()),
        max_upload_size=parse_byte_size("maxUploadSize", v["maxUploadSize"]),
        cluster=_workers(v.get("cluster")),
        database_uri=v["databaseURI"],
        database_options=MappingProxyType(dict(v.get("databaseOptions") or {})),
        collection_prefix=v["collectionPrefix"],
        allow_client_class_creation=v["allowClientClassCreation"],
        allow_custom_object_id=v["allowCustomObjectId"],
        object_id_size=int(v["objectIdSize"]),
        enable_collation_case_comparison=v["enableCollationCaseComparison"],
        default_limit=int(v["defaultLimit"]),
        max_limit=None if v.get("maxLimit") is None else int(v["maxLimit"]),
        auth=MappingProxyType(dict(v.get("auth") or {})),
        enable_anonymous_users=v["enableAnonymousUsers"],
        enforce_private_users=v["enforcePrivateUsers"],
        convert_email_to_lowercase=v["convertEmailToLowercase"],
        convert_username_to_lowercase=v["convertUsernameToLowercase"],
        session_length=int(v["sessionLength"]),
        expire_inactive_sessions=v["expireInactiveSessions"],
        extend_session_on_use=v["extendSessionOnUse"],
        revoke_session_on_password_reset=v["revokeSessionOnPasswordReset"],
        protected_fields=merged_protected_fields(
            v["protectedFields"],
            v.get("userSensitiveFields") or (),
            owner_exempt=v["protectedFieldsOwnerExempt"],
        ),
        protected_fields_owner_exempt=v["protectedFieldsOwnerExempt"],
        protected_fields_save_response_exempt=v["protectedFieldsSaveResponseExempt"],
        protected_fields_trigger_exempt=v["protectedFieldsTriggerExempt"],
        cache_ttl=int(v["cacheTTL"]),
        cache_max_size=int(v["cacheMaxSize"]),
        log_level=v.get("logLevel"),
        raw=MappingProxyType(dict(values)),
    )


def _origins(value: str | list[str] | None) -> tuple[str, ...]:
    if not value:
        return ("*",)
    origins = (value,) if isinstance(value, str) else tuple(value)
    if not all(isinstance(origin, str) for origin in origins):
        raise OptionsError("Option allowOrigin must be a string or an array of strings.")
    return origins


def _workers(value: bool | float | None) -> int:
    if value is True:
        return os.cpu_count() or 1
    return max(int(value or 0), 1)


def _denylist(rules: list[object]) -> tuple[JSONObject, ...]:
    for rule in rules:
        if not isinstance(rule, dict):
            raise OptionsError("Option requestKeywordDenylist must be an array of objects.")
    return tuple(cast("list[JSONObject]", rules))


def _complexity(limits: Mapping[str, Any]) -> RequestComplexity:
    given = {name: value for name, value in limits.items() if value is not None}
    allow_regex = given.pop("allowRegex", True)
    return RequestComplexity(
        allow_regex=allow_regex,
        **{_COMPLEXITY_FIELDS[name]: int(value) for name, value in given.items()},
    )


_COMPLEXITY_FIELDS = {
    "batchRequestLimit": "batch_request_limit",
    "graphQLDepth": "graphql_depth",
    "graphQLFields": "graphql_fields",
    "includeCount": "include_count",
    "includeDepth": "include_depth",
    "queryDepth": "query_depth",
    "subqueryDepth": "subquery_depth",
    "subqueryLimit": "subquery_limit",
}
