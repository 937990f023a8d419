"""From validated values by Parse name to `ServerOptions`."""

import os
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, cast

from parsepy.options.byte_size import parse_byte_size
from parsepy.options.database_uri import check_database_uri
from parsepy.options.definition import Group
from parsepy.options.definitions.files import (
    BLOCKED_EXTENSIONS,
    FILE_DOWNLOAD,
    FILE_UPLOAD,
    SIGNED_URLS,
)
from parsepy.options.definitions.operation import LOG_LEVELS
from parsepy.options.errors import OptionsError
from parsepy.options.ip_list import IpList
from parsepy.options.model import (
    DOORS,
    TOO_MANY,
    AccountLockout,
    AggregationDefaults,
    CloudCode,
    EmailVerification,
    FileAccess,
    Idempotency,
    Installations,
    LiveQuery,
    Pages,
    PasswordPolicy,
    RateLimit,
    RequestComplexity,
    SecurityCheck,
    ServerOptions,
    SignedUrls,
    Webhooks,
)
from parsepy.options.patterns import Pattern, compile_pattern
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
        signed_urls=_signed_urls((v.get("fileDownload") or {}).get("signedUrls"), v["masterKey"]),
        file_access_control=(v.get("fileUpload") or {}).get("accessControl"),
        installations=_installations(v["installation"]),
        analytics_adapter=v.get("analyticsAdapter") or None,
        enable_product_purchase_legacy_api=v["enableProductPurchaseLegacyApi"],
        preserve_file_name=v["preserveFileName"],
        file_key=v.get("fileKey") or None,
        files_adapter=v.get("filesAdapter"),
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
        cloud=_sources(v.get("cloud")),
        cloud_code=_cloud_code(v.get("cloudCode") or {}),
        webhooks=_webhooks(v.get("webhooks") or {}),
        live_query=_live_query(v),
        auth=MappingProxyType(dict(v.get("auth") or {})),
        enable_anonymous_users=v["enableAnonymousUsers"],
        enable_insecure_auth_adapters=v["enableInsecureAuthAdapters"],
        allow_expired_auth_data_token=v["allowExpiredAuthDataToken"],
        password_policy=_password_policy(v.get("passwordPolicy")),
        account_lockout=_account_lockout(v.get("accountLockout")),
        password_hashing=v["passwordHashing"],
        verification=_verification(v),
        email_adapter=v.get("emailAdapter") or None,
        pages=_pages(v.get("pages") or {}),
        parse_frame_url=(v.get("customPages") or {}).get("parseFrameURL") or None,
        security=_security(v.get("security") or {}),
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
        log_level="verbose" if v.get("verbose") else v.get("logLevel"),
        log_levels=_texts_of(LOG_LEVELS, v.get("logLevels") or {}),
        logger_adapter=v.get("loggerAdapter") or None,
        logs_folder=_logs_folder(v.get("logsFolder")),
        max_log_files=v.get("maxLogFiles"),
        json_logs=bool(v.get("jsonLogs")),
        silent=bool(v.get("silent")),
        raw=MappingProxyType(dict(values)),
    )


def _sources(given: Any) -> tuple[str | Callable[..., object], ...]:
    if not given:
        return ()
    return tuple(given) if isinstance(given, list | tuple) else (given,)


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


def _cloud_code(given: Mapping[str, Any]) -> CloudCode:
    return CloudCode(
        timeout=given.get("timeout", 300_000) / 1000,
        threads=int(given.get("threads", 32)),
        allow_private=given.get("allowPrivateAddresses", True),
    )


def _webhooks(given: Mapping[str, Any]) -> Webhooks:
    return Webhooks(
        timeout=given.get("timeout", 60_000) / 1000,
        allow_private=given.get("allowPrivateAddresses", True),
        max_redirects=int(given.get("maxRedirects", 0)),
        max_answer=int(given.get("maxAnswerSize", 20 * 1024 * 1024)),
    )


def _live_query(v: Mapping[str, Any]) -> LiveQuery:
    published: Mapping[str, Any] = v.get("liveQuery") or {}
    server: Mapping[str, Any] = v.get("liveQueryServerOptions") or {}
    class_names = tuple(published.get("classNames") or ())
    wanted = v.get("startLiveQueryServer")
    return LiveQuery(
        class_names=class_names,
        source=published.get("source") or DOORS,
        serves=bool(class_names or server) if wanted is None else bool(wanted),
        key_pairs=MappingProxyType(dict(server.get("keyPairs") or {})),
        ping_interval=server.get("websocketTimeout", 10_000) / 1000,
        max_subscriptions=int(server.get("maxSubscriptionsPerClient", 1000)),
        max_unsent=int(server.get("maxUnsentSize", 1 << 20)),
        max_frame=int(server.get("maxFrameSize", 1 << 20)),
        resume_events=int(server.get("resumeEvents", 1000)),
        port=int(server["port"]) if server.get("port") else None,
        redis_url=(
            published.get("redisURL") or server.get("redisURL") or v.get("redisUrl") or None
        ),
    )


def _texts_of(group: Group, given: Mapping[str, Any]) -> Mapping[str, str]:
    return MappingProxyType(
        {one.name: str(given.get(one.name) or one.default) for one in group.options}
    )


def _logs_folder(given: str | None) -> str | None:
    """`null` is none as a text too: that is how a variable says it."""
    return None if given in (None, "", "null") else given


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


def _installations(options: Mapping[str, Any]) -> Installations:
    return Installations(
        clears_field=options.get("duplicateDeviceTokenAction") == "update",
        enforce_auth=bool(options.get("duplicateDeviceTokenActionEnforceAuth")),
        token_row_survives=options.get("duplicateDeviceTokenMergePriority") != "installationId",
    )


def _idempotency(options: Mapping[str, Any]) -> Idempotency:
    ttl = options.get("ttl")
    return Idempotency(
        paths=tuple(options.get("paths") or ()),
        ttl=300 if ttl is None else ttl,
        replay=bool(options.get("replay")),
    )


def _password_policy(policy: Mapping[str, Any] | None) -> PasswordPolicy | None:
    if policy is None:
        return None
    success = policy.get("resetPasswordSuccessOnInvalidEmail")
    return PasswordPolicy(
        validator_pattern=_pattern(policy.get("validatorPattern")),
        validator_callback=policy.get("validatorCallback") or None,
        validation_error=policy.get("validationError") or None,
        do_not_allow_username=bool(policy.get("doNotAllowUsername")),
        max_password_age=policy.get("maxPasswordAge") or None,
        max_password_history=int(policy.get("maxPasswordHistory") or 0),
        reset_token_validity_duration=policy.get("resetTokenValidityDuration") or None,
        reset_token_reuse_if_valid=bool(policy.get("resetTokenReuseIfValid")),
        reset_password_success_on_invalid_email=success is not False,
    )


def _pattern(given: str | Pattern | None) -> Pattern | None:
    if not given:
        return None
    return compile_pattern(given) if isinstance(given, str) else given


def _account_lockout(lockout: Mapping[str, Any] | None) -> AccountLockout | None:
    if lockout is None:
        return None
    return AccountLockout(
        duration=lockout["duration"],
        threshold=int(lockout["threshold"]),
        unlock_on_password_reset=bool(lockout.get("unlockOnPasswordReset")),
    )


def _verification(v: Mapping[str, Any]) -> EmailVerification:
    return EmailVerification(
        verify_user_emails=v["verifyUserEmails"],
        prevent_login_with_unverified_email=v["preventLoginWithUnverifiedEmail"],
        prevent_signup_with_unverified_email=v["preventSignupWithUnverifiedEmail"],
        send_user_email_verification=v["sendUserEmailVerification"],
        token_validity_duration=v.get("emailVerifyTokenValidityDuration") or None,
        token_reuse_if_valid=v["emailVerifyTokenReuseIfValid"],
        success_on_invalid_email=v["emailVerifySuccessOnInvalidEmail"],
    )


_PAGES_FIELDS = {
    "pagesEndpoint": "pages_endpoint",
    "pagesPath": "pages_path",
    "enableLocalization": "enable_localization",
    "localizationJsonPath": "localization_json_path",
    "localizationFallbackLocale": "localization_fallback_locale",
    "placeholders": "placeholders",
    "forceRedirect": "force_redirect",
    "encodePageParamHeaders": "encode_page_param_headers",
    "customUrls": "custom_urls",
}


def _pages(pages: Mapping[str, Any]) -> Pages:
    given = {
        field: pages[name] for name, field in _PAGES_FIELDS.items() if pages.get(name) is not None
    }
    given["pages_endpoint"] = given.get("pages_endpoint", "").strip("/") or "apps"
    return Pages(**given, custom_routes=tuple(pages.get("customRoutes") or ()))


def _security(security: Mapping[str, Any]) -> SecurityCheck:
    return SecurityCheck(
        enable_check=bool(security.get("enableCheck")),
        enable_check_log=bool(security.get("enableCheckLog")),
        check_groups=tuple(security.get("checkGroups") or ()),
    )


def _file_url_domains(upload: Mapping[str, Any]) -> tuple[str, ...]:
    domains = upload.get("allowedFileUrlDomains")
    return ("*",) if domains is None else tuple(domains)


def _file_access(given: Mapping[str, Any], defined: Group) -> FileAccess:
    values = _with_defaults(given, defined)
    return FileAccess(
        public=values["enableForPublic"] is True,
        anonymous_user=values["enableForAnonymousUser"] is True,
        authenticated_user=values["enableForAuthenticatedUser"] is True,
    )


def _signed_urls(given: Mapping[str, Any] | None, master_key: str) -> SignedUrls | None:
    if given is None:
        return None
    values = _with_defaults(given, SIGNED_URLS)
    key = given.get("key") or master_key
    return SignedUrls(expires_in=int(values["expiresIn"]), key=key)


def _with_defaults(given: Mapping[str, Any], defined: Group) -> dict[str, Any]:
    values: dict[str, Any] = {option.name: option.default for option in defined.options}
    values |= {name: value for name, value in given.items() if value is not None}
    return values


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
