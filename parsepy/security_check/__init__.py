"""What an operator should know about his settings: the checks behind `/security`.

Apps write groups of their own with `Check` and `CheckGroup` (docs/security-check.md).
"""

from parsepy.security_check.base import Check, CheckGroup
from parsepy.security_check.configuration import configuration_group
from parsepy.security_check.database import database_group

__all__ = ["Check", "CheckGroup", "configuration_group", "database_group"]
