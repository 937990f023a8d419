"""What the routes of one app work with."""

from dataclasses import dataclass

from parsepy.objects.context import ObjectServices
from parsepy.options.model import ServerOptions
from parsepy.users.accounts import Accounts
from parsepy.users.sessions import Sessions


@dataclass(slots=True)
class AppServices:
    """Made in the composition root. `state` is what `/health` tells: `starting`, then `ok`."""

    options: ServerOptions
    objects: ObjectServices
    sessions: Sessions
    accounts: Accounts
    state: str = "initialized"
