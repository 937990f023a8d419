"""Who may upload and download: options `fileUpload` and `fileDownload`."""

from parsepy import errors
from parsepy.errors import Code, HTTPError, ParseError
from parsepy.options.model import FileAccess
from parsepy.permissions.caller import Caller


def check_upload(caller: Caller, access: FileAccess) -> None:
    """Raises 403 for the read-only key, 130."""
    if caller.is_read_only:
        raise read_only_key("create")
    who = _closed_for(caller, access)
    if who is not None:
        raise ParseError(Code.FILE_SAVE_ERROR, f"File upload by {who} is disabled.")


def check_download(caller: Caller, access: FileAccess) -> None:
    """Raises 119."""
    who = _closed_for(caller, access)
    if who is not None:
        raise ParseError(Code.OPERATION_FORBIDDEN, f"File download by {who} is disabled.")


def check_delete(caller: Caller) -> None:
    """Raises 403."""
    if not caller.is_master:
        raise errors.master_key_required()
    if caller.is_read_only:
        raise read_only_key("delete")


def read_only_key(verb: str) -> HTTPError:
    return HTTPError(403, f"read-only masterKey isn't allowed to {verb} a file.", sanitised=True)


def _closed_for(caller: Caller, access: FileAccess) -> str | None:
    """Whom the options name that the caller is and that may not; `None` where he may."""
    if caller.is_privileged:
        return None
    if caller.user is None:
        return None if access.public else "public"
    if _is_anonymous(caller):
        return None if access.anonymous_user else "anonymous user"
    return None if access.authenticated_user else "authenticated user"


def _is_anonymous(caller: Caller) -> bool:
    providers = (caller.user or {}).get("authData")
    return isinstance(providers, dict) and bool(providers.get("anonymous"))
