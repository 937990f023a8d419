"""A real Chromium without a window, driven over the WebDriver protocol (W3C)."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx

from tests.support.availability import MissingComponentError
from tests.support.ports import free_port
from tests.support.processes import RunningProcess

PHONE: Final = (390, 844)
DOWNLOADS: Final = "downloads"
"""The folder within the profile's that takes what pages save."""
_ELEMENT: Final = "element-6066-11e4-a52e-4f735466cecf"
_ARGUMENTS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Pages that ask for others' fonts wait for no network.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
_DEADLINE: Final = 20.0
_BETWEEN_LOOKS: Final = 0.05


def find_browser() -> tuple[str, str]:
    """The programs: browser and driver. Raises MissingComponentError."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if browser is None or driver is None:
        raise MissingComponentError(
            "no Chromium with its driver: apt-get install chromium chromium-driver"
        )
    return browser, driver


class Element:
    def __init__(self, browser: "Browser", element_id: str) -> None:
        self._browser = browser
        self._id = element_id
        self._path = f"/element/{element_id}"

    @property
    def text(self) -> str:
        return str(self._get("text"))

    @property
    def label(self) -> str:
        """What a screen reader calls it."""
        return str(self._get("computedlabel"))

    @property
    def role(self) -> str:
        return str(self._get("computedrole"))

    def style(self, name: str) -> str:
        return str(self._get(f"css/{name}"))

    def type(self, text: str) -> None:
        self._browser.command("POST", f"{self._path}/value", {"text": text})

    def click(self) -> None:
        self._browser.command("POST", f"{self._path}/click", {})

    def double_click(self) -> None:
        press = [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self._point(press * 2)

    def point_at(self) -> None:
        self._point([])

    def clear(self) -> None:
        self._browser.command("POST", f"{self._path}/clear", {})

    def _point(self, then: list[dict[str, object]]) -> None:
        here = {"type": "pointerMove", "duration": 0, "origin": self.reference, "x": 0, "y": 0}
        mouse = {"type": "pointer", "id": "mouse", "actions": [here, *then]}
        self._browser.command("POST", "/actions", {"actions": [mouse]})

    def find(self, selector: str) -> "Element":
        """The first one within it."""
        body = {"using": "css selector", "value": selector}
        return self._browser.element(self._browser.command("POST", f"{self._path}/element", body))

    @property
    def reference(self) -> dict[str, str]:
        """The element as an argument of a script."""
        return {_ELEMENT: self._id}

    def _get(self, what: str) -> object:
        return self._browser.command("GET", f"{self._path}/{what}")


class Browser:
    """One window. `scripts` says whether pages may run theirs."""

    def __init__(
        self,
        client: httpx.Client,
        folder: Path,
        *,
        scripts: bool,
        size: tuple[int, int] = PHONE,
    ) -> None:
        self._client = client
        self.downloads = folder / DOWNLOADS
        program, _ = find_browser()
        options = {
            "binary": program,
            "prefs": {"download.default_directory": str(folder / DOWNLOADS)},
            "args": [*_ARGUMENTS, f"--user-data-dir={folder}", f"--window-size={_size(size)}"],
        }
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        answer = self._send("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self._session = f"/session/{answer['sessionId']}"
        if not scripts:
            self.develop("Emulation.setScriptExecutionDisabled", {"value": True})

    def open(self, url: str) -> None:
        self.command("POST", "/url", {"url": url})

    @property
    def url(self) -> str:
        return str(self.command("GET", "/url"))

    @property
    def text(self) -> str:
        return self.find("body").text

    def find(self, selector: str) -> Element:
        """The first element that a CSS selector names."""
        return self._find("css selector", selector)

    def find_by_xpath(self, path: str) -> Element:
        return self._find("xpath", path)

    def element(self, found: Mapping[str, str]) -> Element:
        """What a script has answered with."""
        return Element(self, found[_ELEMENT])

    def wait_for_text(self, text: str) -> None:
        self.wait_until(lambda: text in self.text, f"the page to say {text!r}")

    def wait_until(
        self, condition: Callable[[], bool], expected: str, deadline: float = _DEADLINE
    ) -> None:
        came = self.comes_true(condition, deadline)
        assert came, f"waited for {expected}:\n{self.url}\n{self.text}"

    def comes_true(self, condition: Callable[[], bool], deadline: float) -> bool:
        """Whether it does within some seconds; with none of them, whether it is true now."""
        until, pause = time.monotonic() + deadline, threading.Event()
        while not _holds(condition):
            if time.monotonic() >= until:
                return False
            pause.wait(_BETWEEN_LOOKS)
        return True

    def resize(self, width: int, height: int) -> None:
        self.command("POST", "/window/rect", {"width": width, "height": height})

    def run(self, script: str, *arguments: object) -> Any:
        return self.command("POST", "/execute/sync", {"script": script, "args": arguments})

    @property
    def focus(self) -> Element:
        """The element that keys go to."""
        return self.element(self.command("GET", "/element/active"))

    def develop(self, command: str, parameters: Mapping[str, object]) -> None:
        """A command of the browser's developer tools."""
        self.command("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def complaints(self) -> list[str]:
        """What the browser wrote to its console since the last look: refused styles, errors."""
        return [entry["message"] for entry in self.command("POST", "/se/log", {"type": "browser"})]

    def close(self) -> None:
        self._send("DELETE", self._session)

    def command(self, method: str, path: str, body: object = None) -> Any:
        return self._send(method, self._session + path, body)

    def _find(self, using: str, value: str) -> Element:
        return self.element(self.command("POST", "/element", {"using": using, "value": value}))

    def _send(self, method: str, path: str, body: object = None) -> Any:
        answer = self._client.request(method, path, json=body)
        value = answer.json()["value"]
        if answer.is_error:
            raise WebDriverError(f"{method} {path}: {value['error']}: {value['message']}")
        return value


class WebDriverError(RuntimeError):
    """A command that the driver could not carry out, or not now."""


@contextmanager
def running_driver() -> Iterator[httpx.Client]:
    """A chromedriver on a free port, and a client for it."""
    _, driver = find_browser()
    port = free_port()
    with RunningProcess([driver, f"--port={port}"]) as process:
        process.wait_for_line(lambda line: "started successfully" in line)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            yield client


@contextmanager
def running_browser(
    client: httpx.Client, folder: Path, *, scripts: bool, size: tuple[int, int] = PHONE
) -> Iterator[Browser]:
    browser = Browser(client, folder, scripts=scripts, size=size)
    try:
        yield browser
    finally:
        browser.close()


def _holds(condition: Callable[[], bool]) -> bool:
    try:
        return condition()
    except WebDriverError:
        # The page is on its way out, and what was just found is gone.
        return False


def _size(size: tuple[int, int]) -> str:
    return f"{size[0]},{size[1]}"
