"""Login providers that parse-server has and this server does not have yet."""

from typing import Final

LATER: Final = frozenset(
    "digits gcenter gpgames instagram janraincapture janrainengage keycloak line linkedin meetup"
    " phantauth qq spotify twitter vkontakte wechat weibo".split()
)
"""A configuration that names one is taken; nobody logs in by it."""


def is_later(name: str, given: object) -> bool:
    """Whether `auth.<name>` asks for one of them, and not for a provider of the app's own."""
    if name not in LATER:
        return False
    own = ("module", "oauth2", "oidc", "validate_auth_data", "validate_set_up")
    return not (isinstance(given, dict) and any(given.get(key) for key in own)) and (
        given is None or isinstance(given, bool | dict)
    )
