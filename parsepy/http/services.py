"""What the routes of one app work with."""

from typing import TYPE_CHECKING

import msgspec

from parsepy.cloud.config import Config
from parsepy.cloud.service import Cloud
from parsepy.files.base import FileStore
from parsepy.files.downloads import Downloads
from parsepy.files.removals import Removals
from parsepy.files.uploads import Uploads
from parsepy.http.rate_limits import RateLimits
from parsepy.http.readiness import Readiness
from parsepy.http.route_allow_list import RouteAllowList
from parsepy.logs.service import Logs
from parsepy.objects.context import ObjectServices
from parsepy.options.model import ServerOptions
from parsepy.purchases.app_store import AppStore
from parsepy.schema.api import SchemaApi
from parsepy.users.accounts import Accounts
from parsepy.users.challenge import Challenges
from parsepy.users.password_reset import PasswordReset
from parsepy.users.sessions import Sessions
from parsepy.users.verification import EmailVerification

if TYPE_CHECKING:
    from parsepy.analytics.adapter import Analytics
    from parsepy.security_check.service import SelfCheck


class AppServices(msgspec.Struct):
    """Made in the composition root. `state` is what `/health` tells: `initialized`, `starting`,
    then `ok` or `error`, and `stopping` in the end."""

    options: ServerOptions
    objects: ObjectServices
    schemas: SchemaApi
    sessions: Sessions
    accounts: Accounts
    challenges: Challenges
    verification: EmailVerification
    password_reset: PasswordReset
    files: FileStore
    uploads: Uploads
    downloads: Downloads
    removals: Removals
    rate_limits: RateLimits
    cloud: Cloud
    config: Config
    allowed_routes: RouteAllowList | None
    """`None` where all are open."""
    self_check: "SelfCheck | None"
    """`None` where it is off."""
    app_store: AppStore
    analytics: "Analytics | None"
    logs: Logs
    readiness: Readiness
    state: str = "initialized"
