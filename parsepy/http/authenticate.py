"""From credentials to a `Caller` (rest-objects sheet, section 2): who asks, or 403, or 209."""

from hmac import compare_digest

from parsepy import errors
from parsepy.http.services import AppServices
from parsepy.options.ip_list import IpList
from parsepy.permissions.caller import Caller
from parsepy.protocol.credentials import Credentials
from parsepy.users.sessions import CLOUD_INSTALLATION


def identify(services: AppServices, credentials: Credentials, address: str) -> Caller:
    """By keys alone: the user of a session is not known yet. Raises 403."""
    caller = privileged(services, credentials, address)
    if caller is not None:
        return caller
    _check_client_key(services, credentials)
    return Caller(
        installation_id=credentials.installation_id,
        session_token=credentials.session_token,
        context=credentials.context,
    )


async def verify_session(
    services: AppServices, caller: Caller, method: str, segments: list[str]
) -> None:
    """Finds the user of the caller's session, where the route asks for one. Raises 209."""
    if caller.session_token and not caller.is_privileged and _uses_session(method, segments):
        caller.user = await services.sessions.resolve(caller.session_token)


def privileged(services: AppServices, credentials: Credentials, address: str) -> Caller | None:
    """A caller with one of the three mighty keys; each counts only from its own addresses."""
    options = services.options
    if same_key(credentials.maintenance_key, options.maintenance_key):
        _check_address(options.maintenance_key_ips, address)
        return _with_key(credentials, is_maintenance=True)
    if same_key(credentials.master_key, options.master_key):
        _check_address(options.master_key_ips, address)
        return _with_key(credentials, is_master=True)
    if same_key(credentials.master_key, options.read_only_master_key):
        _check_address(options.read_only_master_key_ips, address)
        return _with_key(credentials, is_master=True, is_read_only=True)
    return None


def _with_key(
    credentials: Credentials,
    *,
    is_master: bool = False,
    is_read_only: bool = False,
    is_maintenance: bool = False,
) -> Caller:
    installation_id = credentials.installation_id
    if installation_id is None and not credentials.from_body:
        installation_id = CLOUD_INSTALLATION
    return Caller(
        is_master=is_master,
        is_read_only=is_read_only,
        is_maintenance=is_maintenance,
        session_token=credentials.session_token or None,
        installation_id=installation_id,
        context=credentials.context,
    )


def _check_address(addresses: IpList, address: str) -> None:
    if not addresses.allows(address):
        raise errors.unauthorized()


def _check_client_key(services: AppServices, credentials: Credentials) -> None:
    """Where client keys are configured, one of them has to be right."""
    options = services.options
    pairs = (
        (options.client_key, credentials.client_key),
        (options.javascript_key, credentials.javascript_key),
        (options.rest_api_key, credentials.rest_api_key),
        (options.dot_net_key, credentials.dot_net_key),
    )
    configured = False
    for expected, given in pairs:
        if expected is None:
            continue
        configured = True
        if same_key(given, expected):
            return
    if configured:
        raise errors.unauthorized()


def same_key(given: str | None, expected: str | None) -> bool:
    """Constant in time for keys of one length: an answer's time must not spell a key.

    An empty text is no key: a client that sends an empty header has none to show.
    """
    if not given or not expected:
        return False
    return compare_digest(given.encode("utf-8", "replace"), expected.encode("utf-8", "replace"))


def _uses_session(method: str, segments: list[str]) -> bool:
    """`/login` drops a token, `GET /sessions/me` and the upgrade look it up themselves."""
    first = segments[0] if segments else ""
    if first in ("login", "upgradetorevocablesession"):
        return False
    if method == "GET" and first == "sessions" and len(segments) == 2:
        return segments[1].lower() != "me"
    return True
