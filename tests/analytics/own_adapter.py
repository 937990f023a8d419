"""An adapter of an app's own, as the option names it."""

from collections.abc import Mapping

from parsepy.analytics.adapter import AnalyticsRequest
from parsepy.types import JSONObject


class Forwarder:
    def __init__(self, options: Mapping[str, object]) -> None:
        self.options = options

    def app_opened(self, parameters: JSONObject, _request: AnalyticsRequest) -> JSONObject:
        return {"opened": parameters}

    async def track_event(
        self, name: str, parameters: JSONObject, request: AnalyticsRequest
    ) -> JSONObject:
        return {
            "name": name,
            "parameters": parameters,
            "master": request.master,
            "user": request.user_id,
            "installation": request.installation_id,
            "headers": [*request.headers],
        }
