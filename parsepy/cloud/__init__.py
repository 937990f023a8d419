"""Cloud code: the app's own functions and triggers, in this process or behind webhooks."""

from parsepy.cloud.acl import ACL
from parsepy.cloud.current import current
from parsepy.cloud.geo import GeoPoint, Polygon
from parsepy.cloud.objects import Object
from parsepy.cloud.queries import Counted, Query
from parsepy.cloud.registering import (
    after_delete,
    after_find,
    after_login,
    after_logout,
    after_save,
    before_delete,
    before_find,
    before_login,
    before_password_reset_request,
    before_save,
    function,
    trigger,
)
from parsepy.cloud.registry import RegistrationError, Registry
from parsepy.cloud.requests import FindRequest, FunctionRequest, TriggerRequest
from parsepy.cloud.typed import Key
from parsepy.cloud.validators import Field, Validator

__all__ = [
    "ACL",
    "Counted",
    "Field",
    "FindRequest",
    "FunctionRequest",
    "GeoPoint",
    "Key",
    "Object",
    "Polygon",
    "Query",
    "RegistrationError",
    "Registry",
    "TriggerRequest",
    "Validator",
    "after_delete",
    "after_find",
    "after_login",
    "after_logout",
    "after_save",
    "before_delete",
    "before_find",
    "before_login",
    "before_password_reset_request",
    "before_save",
    "current",
    "function",
    "trigger",
]
