"""From validated values by Parse name to `ServerOptions`."""

import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast

from parsepy.options.byte_size import parse_byte_size
from parsepy.options.database_uri import check_database_uri
from parsepy.options.definition import Group
from parsepy.options.definitions.files import BLOCKED_EXTENSIONS, FILE_DOWNLOAD, FILE_UPLOAD
from parsepy.options.errors import OptionsError
from parsepy.options.ip_list import IpList
from parsepy.options.model import (
    TOO_MANY,
    AggregationDefaults,
    FileAccess,
    Idempotency,
    RateLimit,
    RequestComplexity,
    ServerOptions,
)
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
        webhook_key=v.get("webhookKey") or None,
        enable_sanitized_error_response=v["enableSanitizedErrorResponse"],
        request_keyword_denylist=_denylist(v["requestKeywordDenylist"]),
        request_complexity=_complexity(v["requestComplexity"]),
        route_allow_list=_given_tuple(v.get("routeAllowList")),
        rate_limit=_rate_limit(v.get("rateLimit") or []),
        idempotency=_idempotency(v.get("idempotencyOptions") or {}),
        allowed_file_url_domains=_file_url_domains(v.get("fileUpload") or {}),
        file_upload=_file_access(v.get("fileUpload") or {}, FILE_UPLOAD),
        file_extensions=_file_extensions(v.get("fileUpload") or {}),
        file_download=_file_access(v.get("fileDownload") or {}, FILE_DOWNLOAD),
        preserve_file_name=v["preserveFileName"],
        file_key=v.get("fileKey") or None,
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
        schema=MappingProxyType(dict(v.get("schema") or {})),
        allow_client_class_creation=v["allowClientClassCreation"],
        allow_custom_object_id=v["allowCustomObjectId"],
        object_id_size=int(v["objectIdSize"]),
        enable_collation_case_comparison=v["enableCollationCaseComparison"],
        default_limit=int(v["defaultLimit"]),
        max_limit=None if v.get("maxLimit") is None else int(v["maxLimit"]),
        aggregation=_aggregation(v.get("query") or {}),
        allow_aggregation_for_read_only_master_key=v["allowAggregationForReadOnlyMasterKey"],
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
        redis_url=v.get("redisUrl") or None,
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


def _aggregation(defaults: Mapping[str, Any]) -> AggregationDefaults:
    return AggregationDefaults(
        raw_field_names=defaults.get("aggregationRawFieldNames") is True,
        raw_values=defaults.get("aggregationRawValues") is True,
    )


def _given_tuple(values: list[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)


def _rate_limit(rules: Mapping[str, Any] | list[Mapping[str, Any]]) -> tuple[RateLimit, ...]:
    listed = [rules] if isinstance(rules, Mapping) else rules
    return tuple(rate_limit_rule(rule) for rule in listed)


def rate_limit_rule(rule: Mapping[str, Any]) -> RateLimit:
    """One rule under parse-server's names, as options and cloud code give it; checked already."""
    methods = rule.get("requestMethods")
    return RateLimit(
        path=rule["requestPath"],
        window=int(rule["requestTimeWindow"]),
        count=int(rule["requestCount"]),
        methods=tuple(methods) if isinstance(methods, list | tuple) else methods or None,
        message=rule.get("errorResponseMessage") or TOO_MANY,
        include_internal=bool(rule.get("includeInternalRequests")),
        include_master_key=bool(rule.get("includeMasterKey")),
        redis_url=rule.get("redisUrl") or None,
        zone=rule.get("zone") or "ip",
    )


def _idempotency(options: Mapping[str, Any]) -> Idempotency:
    ttl = options.get("ttl")
    return Idempotency(
        paths=tuple(options.get("paths") or ()),
        ttl=300 if ttl is None else ttl,
        replay=bool(options.get("replay")),
    )


def _file_url_domains(upload: Mapping[str, Any]) -> tuple[str, ...]:
    domains = upload.get("allowedFileUrlDomains")
    return ("*",) if domains is None else tuple(domains)


def _file_access(given: Mapping[str, Any], defined: Group) -> FileAccess:
    values = {option.name: option.default for option in defined.options}
    values |= {name: value for name, value in given.items() if value is not None}
    return FileAccess(
        public=values["enableForPublic"] is True,
        anonymous_user=values["enableForAnonymousUser"] is True,
        authenticated_user=values["enableForAuthenticatedUser"] is True,
    )


def _file_extensions(upload: Mapping[str, Any]) -> tuple[str, ...]:
    given = upload.get("fileExtensions")
    return (BLOCKED_EXTENSIONS,) if given is None else tuple(given)


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
