"""A browser that runs scripts and one that does not, for all tests."""

from collections.abc import Iterator

import httpx
import pytest

from tests.browser.webdriver import Browser, find_browser, running_browser, running_driver
from tests.support.availability import MissingComponentError, component_missing


@pytest.fixture(scope="session")
def driver() -> Iterator[httpx.Client]:
    try:
        find_browser()
    except MissingComponentError as missing:
        component_missing(missing)
    with running_driver() as client:
        yield client


@pytest.fixture(scope="session", params=[True, False], ids=["scripts", "no-scripts"])
def window(
    driver: httpx.Client, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Browser]:
    with running_browser(
        driver, tmp_path_factory.mktemp("profile"), scripts=request.param
    ) as running:
        yield running


@pytest.fixture
def browser(window: Browser) -> Browser:
    """A phone's, once with JavaScript and once without."""
    window.open("about:blank")
    window.complaints()
    return window
