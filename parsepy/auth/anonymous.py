"""Anonymous users: whoever knows the id (a UUID that the SDK draws) is the user."""

from parsepy.types import JSONObject


class AnonymousProvider:
    async def validate(self, auth_data: JSONObject) -> None:
        """Knowing the id is the proof."""
