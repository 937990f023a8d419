"""Values of a wrong type, where no message of parse-server speaks of them."""

import pytest

from parsepy.options import OptionsError, load_options
from parsepy.options.catalogue import ENTRIES, Entry
from parsepy.options.definition import Kind
from parsepy.options.type_check import matches

KEYS = {"appId": "app", "masterKey": "master"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"appId": 5}, "Option appId must be a string."),
        ({"masterKey": 5}, "Option masterKey must be a string or a function."),
        ({"port": "1337"}, "Option port must be a number."),
        ({"port": True}, "Option port must be a number."),
        ({"port": 65536}, "Option port must be a whole number from 0 to 65535."),
        ({"port": 1.5}, "Option port must be a whole number from 0 to 65535."),
        ({"cacheTTL": -1}, "Option cacheTTL must be a whole number of at least 0."),
        ({"objectIdSize": 0}, "Option objectIdSize must be a whole number from 1 to 1024."),
        ({"masterKeyIps": "127.0.0.1"}, "Option masterKeyIps must be an array."),
        ({"auth": []}, "Option auth must be an object."),
        ({"emailAdapter": 1}, "Option emailAdapter must be a module name or an object."),
        ({"verifyUserEmails": 0}, "Option verifyUserEmails must be a boolean or a function."),
        ({"cluster": "two"}, "Option cluster must be a number or a boolean."),
        ({"allowOrigin": 1}, "Option allowOrigin must be a string or an array."),
        (
            {"allowOrigin": [1]},
            "Option allowOrigin must be a string or an array of strings.",
        ),
        (
            {"trustProxy": {}},
            "Option trustProxy must be a boolean, a number, a string or an array.",
        ),
        (
            {"trustProxy": -1},
            "Option trustProxy must be a boolean, a number, a string or an array.",
        ),
        (
            {"databaseOptions": {"maxPoolSize": "10"}},
            "Option databaseOptions.maxPoolSize must be a number.",
        ),
        (
            {"pages": {"customUrls": {"passwordReset": 1}}},
            "Option pages.customUrls.passwordReset must be a string.",
        ),
        (
            {"pages": {"customRoutes": [{"method": 1}]}},
            "Option pages.customRoutes.method must be a string.",
        ),
        (
            {"requestKeywordDenylist": ["constructor"]},
            "Option requestKeywordDenylist must be an array of objects.",
        ),
        (
            {"protectedFields": {"_User": ["email"]}},
            "Option protectedFields._User must be an object.",
        ),
        (
            {"protectedFields": {"_User": {"*": "email"}}},
            "Option protectedFields._User.* must be an array of strings.",
        ),
        ({"maxUploadSize": "big"}, "Option maxUploadSize must be a size such as 20mb."),
        (
            {"databaseURI": "postgres://localhost/parse"},
            "Option databaseURI must start with mongodb://, mongodb+srv:// or sqlite:///, "
            "or be sqlite::memory:.",
        ),
    ],
)
def test_a_wrong_value_is_named(given: dict[str, object], message: str) -> None:
    with pytest.raises(OptionsError) as caught:
        load_options({**KEYS, **given})

    assert str(caught.value) == message


WRONG: dict[Kind, object] = dict.fromkeys(Kind, object)
WRONG |= {
    Kind.FUNCTION: "text",
    Kind.ADAPTER: 5,
    Kind.STRING_OR_OBJECT: 5,
    Kind.BOOLEAN_OR_FUNCTION: "text",
    Kind.STRING_OR_FUNCTION: 5,
    Kind.CODE: 5,
    Kind.OBJECT_OR_FUNCTION: 5,
}


def nested(entry: Entry, value: object) -> dict[str, object]:
    for key in reversed(entry.path[1:]):
        value = {key: value}
    return {entry.path[0]: value}


@pytest.mark.parametrize(
    "entry", [entry for entry in ENTRIES if not entry.listed], ids=lambda entry: entry.dotted
)
def test_every_option_refuses_what_is_not_of_its_kind(entry: Entry) -> None:
    wrong = WRONG[entry.option.kind]
    assert not matches(entry.option.kind, wrong)

    with pytest.raises(OptionsError):
        load_options({**KEYS, **nested(entry, wrong)})


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.dotted)
def test_every_default_is_of_its_kind(entry: Entry) -> None:
    default = entry.option.default

    assert not default or default is None or matches(entry.option.kind, default)
