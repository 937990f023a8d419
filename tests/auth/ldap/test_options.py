"""What `auth.ldap` may say."""

import ssl
from pathlib import Path

import pytest

from parsepy.auth.ldap.options import Group, read_options
from parsepy.options.errors import OptionsError
from tests.support.certificates import server_files

PLAIN = {"url": "ldap://directory.example", "suffix": "dc=x"}
ENCRYPTED = {**PLAIN, "url": "ldaps://directory.example"}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"suffix": "dc=x"},
        {"url": "ldap://directory.example"},
        {**PLAIN, "url": 5},
        {**PLAIN, "url": "directory.example"},
        {**PLAIN, "url": "https://directory.example"},
        {**PLAIN, "url": "ldap://"},
        {**PLAIN, "url": "ldap://a:b:c"},
        {**PLAIN, "url": "ldap://a:99999"},
        {**PLAIN, "suffix": None},
        {**PLAIN, "dn": 5},
        {**PLAIN, "dn": "cn=admin,dc=x"},
        {**PLAIN, "tlsOptions": "yes"},
        {**PLAIN, "groupCn": "staff"},
        {**PLAIN, "groupFilter": "(memberUid={{id}})"},
        {**PLAIN, "groupCn": ["staff"], "groupFilter": "(memberUid={{id}})"},
        {**ENCRYPTED, "tlsOptions": {"ca": "/no/such/file.pem"}},
        {**ENCRYPTED, "tlsOptions": {"ca": 5}},
        {**ENCRYPTED, "tlsOptions": {"ca": "-----BEGIN CERTIFICATE-----\nx"}},
        {**ENCRYPTED, "tlsOptions": {"rejectUnauthorised": True}},
    ],
)
def test_settings_that_cannot_work_are_refused(given: dict[str, object]) -> None:
    with pytest.raises(OptionsError, match=r"^LDAP auth configuration missing: auth\.ldap\."):
        read_options(given)


def test_what_is_left_out() -> None:
    plain, encrypted = read_options(PLAIN), read_options(ENCRYPTED)

    assert (plain.host, plain.port, plain.tls) == ("directory.example", 389, None)
    assert (plain.dn, plain.group) == ("uid={{id}},dc=x", None)
    assert (encrypted.port, encrypted.server_name) == (636, "directory.example")


def test_what_is_given() -> None:
    options = read_options(
        {
            "url": "ldaps://[::1]:1636",
            "suffix": "dc=x",
            "dn": "cn={{id}},dc=x",
            "tlsOptions": {"servername": "directory.example"},
            "groupCn": "staff",
            "groupFilter": "(memberUid={{id}})",
        }
    )

    assert (options.host, options.port, options.dn) == ("::1", 1636, "cn={{id}},dc=x")
    assert options.server_name == "directory.example"
    assert options.group == Group("staff", "(memberUid={{id}})")


@pytest.mark.parametrize("given", [{}, {"rejectUnauthorized": True}, {"rejectUnauthorized": None}])
def test_certificates_are_verified_unless_somebody_says_otherwise(given: dict[str, object]) -> None:
    verified = read_options({**ENCRYPTED, "tlsOptions": given}).tls
    trusting = read_options({**ENCRYPTED, "tlsOptions": {"rejectUnauthorized": False}}).tls

    assert verified is not None
    assert trusting is not None
    assert (verified.verify_mode, verified.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert (trusting.verify_mode, trusting.check_hostname) == (ssl.CERT_NONE, False)


@pytest.mark.parametrize("form", ["text", "bytes", "list", "path", "caFile"])
def test_authorities_are_texts_or_files(form: str, tmp_path: Path) -> None:
    path = server_files(tmp_path).authority
    given: dict[str, dict[str, object]] = {
        "text": {"ca": path.read_text()},
        "bytes": {"ca": path.read_bytes()},
        "list": {"ca": [path.read_text()]},
        "path": {"ca": str(path)},
        "caFile": {"caFile": str(path)},
    }

    context = read_options({**ENCRYPTED, "tlsOptions": given[form]}).tls

    assert context is not None
    assert len(context.get_ca_certs()) == 1
