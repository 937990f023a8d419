"""Start-up messages about pages, files, schema and the rest, word for word."""

import pytest

from tests.options.faults import OPTION, Case, assert_accepted, assert_fault, case

LOG_LEVELS = '["error","warn","info","debug","verbose","silly","silent"]'

FEATURES: list[Case] = [
    ({"pages": []}, f"{OPTION} pages must be an object."),
    *(
        case({"pages": {name: 1}}, f"{OPTION} pages.{name} must be a boolean.")
        for name in ("enableLocalization", "forceRedirect", "encodePageParamHeaders")
    ),
    *(
        case({"pages": {name: 1}}, f"{OPTION} pages.{name} must be a string.")
        for name in (
            "localizationJsonPath",
            "localizationFallbackLocale",
            "pagesPath",
            "pagesEndpoint",
        )
    ),
    ({"pages": {"customUrls": []}}, f"{OPTION} pages.customUrls must be an object."),
    ({"pages": {"customRoutes": {}}}, f"{OPTION} pages.customRoutes must be an array."),
    (
        {"pages": {"placeholders": 1}},
        f"{OPTION} pages.placeholders must be an object or a function.",
    ),
    ({"customPages": []}, f"{OPTION} customPages must be an object."),
    ({"security": []}, f"{OPTION} security must be an object."),
    (
        {"security": {"enableCheck": 1}},
        f"{OPTION} security.enableCheck must be a boolean.",
    ),
    (
        {"security": {"enableCheckLog": 1}},
        f"{OPTION} security.enableCheckLog must be a boolean.",
    ),
    ({"schema": []}, f"{OPTION} schema must be an object."),
    ({"schema": {"definitions": {}}}, f"{OPTION} schema.definitions must be an array."),
    *(
        case({"schema": {name: 1}}, f"{OPTION} schema.{name} must be a boolean.")
        for name in ("strict", "deleteExtraFields", "recreateModifiedFields", "lockSchemas")
    ),
    *(
        case({"schema": {name: 1}}, f"{OPTION} schema.{name} must be a function.")
        for name in ("beforeMigration", "afterMigration")
    ),
    ({"databaseOptions": []}, "databaseOptions must be an object"),
    (
        {"databaseOptions": {"enableSchemaHooks": 1}},
        "databaseOptions.enableSchemaHooks must be a boolean",
    ),
    (
        {"databaseOptions": {"schemaCacheTtl": "5"}},
        "databaseOptions.schemaCacheTtl must be a number",
    ),
    (
        {"databaseOptions": {"allowPublicExplain": 1}},
        f"{OPTION} 'databaseOptions.allowPublicExplain' must be a boolean.",
    ),
    ({"liveQuery": {"regexTimeout": "5"}}, "liveQuery.regexTimeout must be a number"),
    ({"liveQuery": {"classNames": "Game"}}, "liveQuery.classes should be an array of string"),
    ({"liveQuery": {"classNames": [1]}}, "liveQuery.classes should be an array of string"),
    (
        {"liveQuery": {"classNames": ["("]}},
        "liveQuery.classNames: '(' is no pattern: missing ), unterminated subpattern at position 0",
    ),
    (
        {"liveQuery": {"source": "stream"}},
        "liveQuery.source must be 'doors' or 'changeStream'",
    ),
    (
        {"liveQuery": {"source": "changeStream"}, "databaseURI": "sqlite:///a.sqlite"},
        "liveQuery.source changeStream needs MongoDB 6.0 or later, as a replica set or a sharded"
        " cluster; with SQLite it is doors",
    ),
    (
        {"liveQueryServerOptions": {"websocketTimeout": "5"}},
        "liveQueryServerOptions.websocketTimeout must be a number",
    ),
    (
        {"liveQueryServerOptions": {"keyPairs": {"masterKey": 1}}},
        "liveQueryServerOptions.keyPairs must be an object of texts",
    ),
    ({"installation": []}, "installation must be an object."),
    ({"installation": {"token": 1}}, "installation contains unknown property 'token'."),
    (
        {"installation": {"duplicateDeviceTokenActionEnforceAuth": 1}},
        "installation.duplicateDeviceTokenActionEnforceAuth must be a boolean.",
    ),
    (
        {"installation": {"duplicateDeviceTokenAction": "drop"}},
        "installation.duplicateDeviceTokenAction must be one of: 'delete', 'update'.",
    ),
    (
        {"installation": {"duplicateDeviceTokenMergePriority": []}},
        "installation.duplicateDeviceTokenMergePriority must be one of: "
        "'deviceToken', 'installationId'.",
    ),
    ({"logLevels": {"triggerAfter": "loud"}}, f"'triggerAfter' must be one of {LOG_LEVELS}"),
    ({"logLevel": "loud"}, f"'logLevel' must be one of {LOG_LEVELS}"),
    ({"requestContextMiddleware": "f"}, "requestContextMiddleware must be a function"),
    ({"cloud": 1}, "argument 'cloud' must either be a string or a function"),
]

FILES: list[Case] = [
    ({"fileUpload": []}, "fileUpload must be an object value."),
    ({"fileDownload": "no"}, "fileDownload must be an object value."),
    *(
        case({group: {name: 1}}, f"{group}.{name} must be a boolean value.")
        for group in ("fileUpload", "fileDownload")
        for name in ("enableForAnonymousUser", "enableForPublic", "enableForAuthenticatedUser")
    ),
    ({"fileUpload": {"fileExtensions": "a"}}, "fileUpload.fileExtensions must be an array."),
    (
        {"fileUpload": {"allowedFileUrlDomains": "a"}},
        "fileUpload.allowedFileUrlDomains must be an array.",
    ),
    (
        {"fileUpload": {"allowedFileUrlDomains": ["a", ""]}},
        "fileUpload.allowedFileUrlDomains must contain only non-empty strings.",
    ),
]


@pytest.mark.parametrize(("given", "message"), FEATURES + FILES)
def test_a_fault_is_told_in_the_words_of_parse_server(
    given: dict[str, object], message: str
) -> None:
    assert_fault(given, message)


@pytest.mark.parametrize(
    "given",
    [
        {"logLevel": "silly", "logLevels": {"triggerAfter": "silent"}},
        {"cloud": "./main.py"},
        {"schema": {"definitions": [], "beforeMigration": print}},
        {"fileUpload": {"allowedFileUrlDomains": []}},
    ],
)
def test_what_parse_server_accepts_is_accepted(given: dict[str, object]) -> None:
    assert_accepted(given)
