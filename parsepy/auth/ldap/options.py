"""What `auth.ldap` says."""

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from parsepy.auth.ldap import names
from parsepy.options.errors import OptionsError

_PORTS: Final = {"ldap": 389, "ldaps": 636}
_TLS_MEMBERS: Final = frozenset(("ca", "caFile", "rejectUnauthorized", "servername"))
_PEM: Final = "-----BEGIN"


@dataclass(frozen=True, slots=True)
class Group:
    """Users have to be in a group of this `cn` among those that `filter` finds."""

    cn: str
    filter: str


@dataclass(frozen=True, slots=True)
class LdapOptions:
    """`dn` is the template of a user's name, `tls` `None` for `ldap://`."""

    host: str
    port: int
    suffix: str
    dn: str
    tls: ssl.SSLContext | None
    server_name: str
    group: Group | None


def read_options(given: Mapping[str, object]) -> LdapOptions:
    """Raises `OptionsError` with the text of parse-server and what is wrong."""
    host, port, is_encrypted = _server(given.get("url"))
    suffix = given.get("suffix")
    if not isinstance(suffix, str):
        raise _wrong("suffix must be a text")
    dn = given.get("dn")
    if dn is None:
        dn = f"uid={{{{id}}}},{suffix}"
    if not isinstance(dn, str) or not names.names_user(dn):
        # Whoever could log in to one fixed account would be any user.
        raise _wrong("dn must be a text with {{id}} in it")
    tls = given.get("tlsOptions")
    if not isinstance(tls, Mapping | None):
        raise _wrong("tlsOptions must be an object")
    context = _context(tls or {}) if is_encrypted else None
    server_name = (tls or {}).get("servername") or host
    return LdapOptions(host, port, suffix, dn, context, str(server_name), _group(given))


def _server(url: object) -> tuple[str, int, bool]:
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
        port = None if parts is None else parts.port
    except ValueError:
        parts = port = None
    if parts is None or parts.scheme not in _PORTS or not parts.hostname:
        raise _wrong("url must begin with ldap:// or ldaps:// and name a server")
    return parts.hostname, port or _PORTS[parts.scheme], parts.scheme == "ldaps"


def _group(given: Mapping[str, object]) -> Group | None:
    cn, group_filter = given.get("groupCn"), given.get("groupFilter")
    if cn is None and group_filter is None:
        return None
    if not isinstance(cn, str) or not isinstance(group_filter, str):
        # One of them would be no check at all.
        raise _wrong("groupCn and groupFilter must be texts, both of them")
    return Group(cn, group_filter)


def _context(tls: Mapping[str, object]) -> ssl.SSLContext:
    """The server's certificate is verified unless `rejectUnauthorized` is false."""
    unknown = sorted(tls.keys() - _TLS_MEMBERS)
    if unknown:
        known = ", ".join(sorted(_TLS_MEMBERS))
        raise _wrong(f"tlsOptions knows {known}, not {unknown[0]}")
    try:
        context = _trusting(tls)
    except (OSError, ValueError) as error:
        raise _wrong(f"the certificates of tlsOptions cannot be read: {error}") from error
    if tls.get("rejectUnauthorized") is False:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _trusting(tls: Mapping[str, object]) -> ssl.SSLContext:
    """Those of the system where no others are named."""
    listed = tls.get("ca")
    given = [
        *(
            listed
            if isinstance(listed, Sequence) and not isinstance(listed, str | bytes)
            else [listed]
        )
    ]
    given.append(tls.get("caFile"))
    texts = [_certificates(each) for each in given if each]
    return ssl.create_default_context(cadata="\n".join(texts) or None)


def _certificates(given: object) -> str:
    """PEM, or the file that has it."""
    text = given.decode() if isinstance(given, bytes) else given
    if not isinstance(text, str):
        raise ValueError("ca must be a text in PEM or the path of a file")
    return text if _PEM in text else Path(text).read_text(encoding="ascii")


def _wrong(why: str) -> OptionsError:
    return OptionsError(f"LDAP auth configuration missing: auth.ldap.{why}.")
