"""What kind of key an operation on a class needs at all (rest-objects sheet, section 29)."""

from parsepy import errors
from parsepy.permissions.caller import Caller
from parsepy.schema.system_classes import VOLATILE_CLASSES


def check(caller: Caller, operation: str, class_name: str) -> None:
    """`operation` is one of find, get, create, update, delete. Raises 119."""
    if not class_name.startswith("_"):
        return
    if class_name == "_Installation":
        if operation in ("find", "delete") and not caller.is_privileged:
            raise errors.class_closed(operation, class_name)
        return
    if _is_closed(class_name) and not caller.is_privileged:
        raise errors.class_closed(operation, class_name)


def check_write(caller: Caller, operation: str, class_name: str) -> None:
    if caller.is_read_only:
        raise errors.read_only_key(f"perform the {operation} operation")
    check(caller, operation, class_name)


def _is_closed(class_name: str) -> bool:
    return class_name in VOLATILE_CLASSES or class_name.startswith("_Join:")
