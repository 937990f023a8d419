"""Adapters for options that name them by a text."""

from collections.abc import Mapping

from parsepy.email.base import Message


class Named:
    def __init__(self, options: Mapping[str, object]) -> None:
        self.options = options

    async def send_mail(self, message: Message) -> None: ...


class Broken:
    def __init__(self, options: Mapping[str, object]) -> None:
        raise KeyError("apiKey")


def send_mail(message: Message) -> None: ...


nothing = object()
