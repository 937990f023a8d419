"""A class's permissions as they go along with its changes."""

from typing import cast

from parsepy.objects.context import ObjectServices
from parsepy.schema.describe import described_permissions, with_protected
from parsepy.schema.system_classes import is_volatile
from parsepy.types import JSONObject


async def permissions_of(objects: ObjectServices, class_name: str) -> JSONObject:
    """As parse-server tells them: complete, with the fields that option `protectedFields` hides.

    A server without the class's schema judges by nothing else.
    """
    schema = await objects.schemas.get(class_name)
    permissions: JSONObject = (
        {} if is_volatile(class_name) else described_permissions(schema.definition.permissions)
    )
    told = with_protected(
        {"classLevelPermissions": permissions}, objects.protected.get(class_name, {})
    )
    return cast("JSONObject", told["classLevelPermissions"])
