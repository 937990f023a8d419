"""The browser of the tests does what they take for granted."""

import pytest

from tests.browser.webdriver import Browser


def test_a_page_runs_its_scripts_only_where_they_are_on(
    browser: Browser, request: pytest.FixtureRequest
) -> None:
    script = "<script>document.body.textContent = 'on'</script>"

    browser.open(f"data:text/html,<body>off{script}")

    assert browser.text == ("off" if "no-scripts" in request.node.name else "on")


def test_what_a_policy_refuses_is_heard_of(browser: Browser) -> None:
    policy = "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'\">"

    browser.open(f"data:text/html,{policy}<style>p {{ color: red }}</style><p>text")

    (complaint,) = browser.complaints()
    assert "Content Security Policy" in complaint
