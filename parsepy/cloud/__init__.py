"""Cloud code: the app's own functions and triggers, in this process or behind webhooks."""

from parsepy.cloud.objects import Object
from parsepy.cloud.queries import Query
from parsepy.cloud.registry import RegistrationError, Registry
from parsepy.cloud.requests import FindRequest, FunctionRequest, TriggerRequest
from parsepy.cloud.validators import Field, Validator

__all__ = [
    "Field",
    "FindRequest",
    "FunctionRequest",
    "Object",
    "Query",
    "RegistrationError",
    "Registry",
    "TriggerRequest",
    "Validator",
]
