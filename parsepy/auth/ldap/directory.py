"""One log-in at a directory, by ldap3. Everything here blocks and belongs into a thread."""

import contextlib
import logging
import math
import socket
import ssl
from collections.abc import Mapping
from typing import Final, cast

import ldap3

from parsepy.auth.ldap import refusals
from parsepy.auth.ldap.options import Group, LdapOptions

_log = logging.getLogger(__name__)

_SUCCESS: Final = 0
_INVALID_CREDENTIALS: Final = 49


class Attempt:
    """`timeout`: seconds that each step may take; `abort` from another thread ends it at once."""

    def __init__(self, options: LdapOptions, timeout: float) -> None:
        self._options = options
        self._timeout = timeout
        self._tls = None if options.tls is None else _Tls(options.tls, options.server_name)
        self._connection: ldap3.Connection | None = None

    def run(self, name: str, password: str, group_filter: str | None) -> None:
        """Raises 101 unless `password` is that of `name`, and 1 for whoever is not in the group."""
        try:
            connection = self._connection = self._prepared(name, password)
            self._log_in(connection)
            if self._options.group is not None and group_filter is not None:
                self._check_group(connection, self._options.group, group_filter)
        finally:
            self._close()

    def abort(self) -> None:
        connection = self._connection
        opened = None if connection is None else connection.socket
        if opened is not None:
            with contextlib.suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)

    def _prepared(self, name: str, password: str) -> ldap3.Connection:
        server = ldap3.Server(
            self._options.host,
            port=self._options.port,
            use_ssl=self._tls is not None,
            tls=self._tls,
            get_info=ldap3.NONE,
            connect_timeout=self._timeout,
        )
        return ldap3.Connection(
            server,
            user=name,
            # As it is: a text would be normalised, and refused for characters newer than 2002.
            password=cast("str", password.encode()),
            authentication=ldap3.SIMPLE,
            auto_bind=ldap3.AUTO_BIND_NONE,
            # Where the password goes is said by the options, not by a directory.
            auto_referrals=False,
            check_names=False,
            read_only=True,
            receive_timeout=math.ceil(self._timeout),
        )

    def _log_in(self, connection: ldap3.Connection) -> None:
        try:
            connection.open(read_server_info=False)
            connection.bind(read_server_info=False)
        except Exception as error:  # ldap3 raises what it likes at what is no directory
            if self._tls is not None and self._tls.mismatch:
                _log.warning("The directory's certificate is refused: %s", self._tls.mismatch)
                raise refusals.refused("LDAPS: Certificate mismatch") from None
            # Its type tells enough, and its text might hold what was sent.
            _log.warning("The directory cannot be asked: %s", type(error).__name__)
            raise refusals.went_wrong("unavailable") from None
        code = connection.result["result"]
        if code == _INVALID_CREDENTIALS:
            raise refusals.wrong_credentials()
        if code != _SUCCESS:
            raise refusals.went_wrong(code)

    def _check_group(self, connection: ldap3.Connection, group: Group, group_filter: str) -> None:
        try:
            connection.search(
                self._options.suffix,
                group_filter,
                search_scope=ldap3.SUBTREE,
                attributes=["cn"],
                time_limit=math.ceil(self._timeout),
            )
        except Exception as error:
            _log.warning("The directory's groups cannot be asked: %s", type(error).__name__)
            raise refusals.group_refused("LDAP group search failed") from None
        if any(group.cn in _names(entry) for entry in connection.response or ()):
            return
        if connection.result["result"] != _SUCCESS:
            raise refusals.group_refused("LDAP group search failed")
        raise refusals.group_refused("LDAP: User not in group")

    def _close(self) -> None:
        connection = self._connection
        if connection is None:
            return
        with contextlib.suppress(Exception):
            connection.unbind()
        # What failed while it was opened is no connection yet, but has a socket.
        if connection.socket is not None:
            connection.socket.close()


class _Tls(ldap3.Tls):
    """TLS as Python does it: ldap3 takes any certificate unless it is told otherwise."""

    def __init__(self, context: ssl.SSLContext, server_name: str) -> None:
        super().__init__()
        self.mismatch: str | None = None
        self._context = context
        self._server_name = server_name

    def wrap_socket(self, connection: ldap3.Connection, do_handshake: bool = False) -> None:
        try:
            connection.socket = self._context.wrap_socket(
                connection.socket,
                server_hostname=self._server_name,
                do_handshake_on_connect=do_handshake,
            )
        except ssl.SSLCertVerificationError as error:
            self.mismatch = error.verify_message
            raise


def _names(entry: Mapping[str, object]) -> list[str]:
    """The names of a group that a search has found."""
    attributes = entry.get("raw_attributes")
    raw = attributes.get("cn") if isinstance(attributes, Mapping) else None
    return [each.decode("utf-8", "replace") for each in raw or () if isinstance(each, bytes)]
