"""The SDK's browser build on a page: what it hears of changes, over a restart of the server too."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from parsepy.types import JSONMapping
from tests.browser.live_pages import live_page
from tests.browser.webdriver import Browser, running_browser
from tests.support.availability import MissingComponentError, component_missing
from tests.support.restarting import Restarting, restarting

OPTIONS: JSONMapping = {"liveQuery": {"classNames": ["Chat"]}}
COMES_BACK = 90.0
"""Seconds: the SDK waits longer after each try that has failed."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Restarting]:
    with restarting(f"sqlite:///{tmp_path}/app.sqlite", tmp_path, OPTIONS) as running:
        yield running


@pytest.fixture
def page(
    driver: httpx.Client, server: Restarting, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """Its user has signed up and subscribed."""
    folder = tmp_path_factory.mktemp("page")
    with running_browser(driver, tmp_path_factory.mktemp("profile"), scripts=True) as browser:
        try:
            with live_page(folder, server.parsepy) as address:
                browser.open(address)
                browser.wait_until(lambda: lines(browser) == ["open"], "the subscription")
                yield browser
        except MissingComponentError as missing:
            component_missing(missing)


def lines(browser: Browser) -> list[str]:
    found: list[str] = browser.run(
        "return [...document.querySelectorAll('li')].map(line => line.textContent)"
    )
    return found


def send(server: Restarting, method: str, path: str, body: JSONMapping | None = None) -> Any:
    keys = server.parsepy.keys
    headers = {
        "X-Parse-Application-Id": keys.app_id,
        "X-Parse-Master-Key": keys.master_key,
    }
    answer = httpx.request(method, f"{server.parsepy.url}{path}", json=body, headers=headers)
    return answer.raise_for_status().json()


def test_a_page_hears_of_every_kind_of_change_and_comes_back_after_a_restart(
    server: Restarting, page: Browser
) -> None:
    private: JSONMapping = {page.find("h1").text: {"read": True}}
    chat = send(
        server, "POST", "/classes/Chat", {"room": "lobby", "text": "one", "ACL": {**private}}
    )
    path = f"/classes/Chat/{chat['objectId']}"
    send(server, "POST", "/classes/Chat", {"room": "lobby", "text": "unread", "ACL": {}})
    send(server, "PUT", path, {"text": "two"})
    send(server, "PUT", path, {"room": "cellar"})
    send(server, "PUT", path, {"room": "lobby", "text": "three"})
    send(server, "DELETE", path)
    told = [
        "open",
        "create one",
        "update one then two",
        "leave two then two",
        "enter two then three",
        "delete three",
    ]
    page.wait_until(lambda: lines(page) == told, "all kinds of events")

    server.restart()
    page.wait_until(lambda: lines(page) == [*told, "open"], "another connection", COMES_BACK)
    send(server, "POST", "/classes/Chat", {"room": "lobby", "text": "four", "ACL": {**private}})
    page.wait_until(lambda: lines(page) == [*told, "open", "create four"], "the next event")
