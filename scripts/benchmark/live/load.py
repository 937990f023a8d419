"""The load generator of LiveQuery as its caller sees it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from parsepy.types import JSONObject
from scripts.benchmark.exchange import APP_ID, CLIENT_HEADERS, MASTER, WrongAnswerError
from scripts.benchmark.live.load_generator import (
    ROOM,
    STAMP,
    Closing,
    Command,
    Load,
    Loaded,
    Opening,
)
from scripts.benchmark.live.subscriber import Subscribing
from scripts.benchmark.load import GeneratorProcess
from tests.support.reference import MOUNT_PATH

CLASS_NAME = "BenchMessage"
_NUMBERS = {f'"{ROOM}"': ROOM, f'"{STAMP}"': STAMP}
Reading = TypeVar("Reading")


@dataclass(frozen=True, slots=True)
class Heard(Generic[Reading]):
    """A load of which everybody has heard, and what was read just before and after it."""

    loaded: Loaded
    before: Reading
    after: Reading


class LiveLoad(GeneratorProcess):
    """Everything raises `WrongAnswerError` when a server does anything unexpected."""

    module = "scripts.benchmark.live.load_generator"

    def open(self, port: int, subscribers: Sequence[Subscribing]) -> None:
        opening: Opening = {
            "do": "open",
            "port": port,
            "path": MOUNT_PATH,
            "app_id": APP_ID,
            "class_name": CLASS_NAME,
            "subscribers": list(subscribers),
        }
        self._do(opening)

    def run(self, load: Load, read: Callable[[], Reading]) -> Heard[Reading]:
        before = read()
        loaded = cast("Loaded", self._do(load))
        return Heard(loaded, before, read())

    def close(self) -> None:
        closing: Closing = {"do": "close"}
        self._do(closing)

    def _do(self, command: Command) -> object:
        self._tell(json.dumps(command))
        answer = self._hear()
        if isinstance(answer, dict) and "wrong" in answer:
            raise WrongAnswerError(answer["wrong"])
        return answer


def load_of(
    port: int, event: JSONObject, *, in_flight: int, seconds: float, max_events: int
) -> Load:
    """Creates of objects like `event`, in which `ROOM` and `STAMP` stand for numbers."""
    headers = {
        "Host": f"127.0.0.1:{port}",
        **CLIENT_HEADERS,
        **MASTER,
        "Content-Type": "application/json",
    }
    lines = [f"POST {MOUNT_PATH}/classes/{CLASS_NAME} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    body = json.dumps(event)
    for quoted, bare in _NUMBERS.items():
        body = body.replace(quoted, bare)
    return {
        "do": "load",
        "head": "\r\n".join([*lines, ""]),
        "body": body,
        "in_flight": in_flight,
        "seconds": seconds,
        "max_events": max_events,
    }
