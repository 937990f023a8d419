"""The names of cloud code: `from parsepy import cloud`, `from parsepy.cloud import Query`."""

from parsepy.cloud import http_client as http
from parsepy.cloud.acl import ACL
from parsepy.cloud.app_config import Config
from parsepy.cloud.calls import JobsData, job_status, jobs_data, run, start_job
from parsepy.cloud.current import current, wait
from parsepy.cloud.files import File
from parsepy.cloud.geo import GeoPoint, Polygon
from parsepy.cloud.job_request import JobRequest
from parsepy.cloud.live_calls import live_query_figures, publish
from parsepy.cloud.live_requests import (
    ConnectRequest,
    EventRequest,
    LiveQueryEvent,
    SubscribeRequest,
)
from parsepy.cloud.mails import send_email
from parsepy.cloud.many import SomeFailed, destroy_all, fetch_all, save_all
from parsepy.cloud.moment import now
from parsepy.cloud.objects import Object
from parsepy.cloud.queries import Counted, Query
from parsepy.cloud.registering import (
    after_delete,
    after_find,
    after_live_query_event,
    after_login,
    after_logout,
    after_save,
    before_connect,
    before_delete,
    before_find,
    before_login,
    before_password_reset_request,
    before_save,
    before_subscribe,
    function,
    job,
    on_live_query_event,
    trigger,
)
from parsepy.cloud.registry import RegistrationError, Registry
from parsepy.cloud.relations import Relation
from parsepy.cloud.request_log import logger
from parsepy.cloud.requests import (
    ConfigRequest,
    FileRequest,
    FindRequest,
    FunctionRequest,
    TriggerRequest,
)
from parsepy.cloud.responses import Response
from parsepy.cloud.schemas import Schema
from parsepy.cloud.transactions import transaction
from parsepy.cloud.typed import Key
from parsepy.cloud.users import Installation, Role, Session, User
from parsepy.cloud.validators import Field, Validator
from parsepy.errors import ParseError

__all__ = [
    "ACL",
    "Config",
    "ConfigRequest",
    "ConnectRequest",
    "Counted",
    "EventRequest",
    "Field",
    "File",
    "FileRequest",
    "FindRequest",
    "FunctionRequest",
    "GeoPoint",
    "Installation",
    "JobRequest",
    "JobsData",
    "Key",
    "LiveQueryEvent",
    "Object",
    "ParseError",
    "Polygon",
    "Query",
    "RegistrationError",
    "Registry",
    "Relation",
    "Response",
    "Role",
    "Schema",
    "Session",
    "SomeFailed",
    "SubscribeRequest",
    "TriggerRequest",
    "User",
    "Validator",
    "after_delete",
    "after_find",
    "after_live_query_event",
    "after_login",
    "after_logout",
    "after_save",
    "before_connect",
    "before_delete",
    "before_find",
    "before_login",
    "before_password_reset_request",
    "before_save",
    "before_subscribe",
    "current",
    "destroy_all",
    "fetch_all",
    "function",
    "http",
    "job",
    "job_status",
    "jobs_data",
    "live_query_figures",
    "logger",
    "now",
    "on_live_query_event",
    "publish",
    "run",
    "save_all",
    "send_email",
    "start_job",
    "transaction",
    "trigger",
    "wait",
]
