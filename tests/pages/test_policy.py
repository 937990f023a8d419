"""What browsers let the built-in pages do."""

import pytest

from parsepy.pages.policy import content_security_policy


def directives(
    html: str = "", targets: tuple[str, ...] = (), framed_by: str | None = None
) -> dict[str, str]:
    policy = content_security_policy(html, form_targets=targets, framed_by=framed_by)
    return dict(part.strip().split(" ", 1) for part in policy.split(";"))


def test_nothing_is_loaded_and_nobody_frames_a_page() -> None:
    assert directives() == {
        "default-src": "'none'",
        "style-src": "'none'",
        "img-src": "data:",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }


def test_a_style_is_named_by_its_hash() -> None:
    found = directives("<style>p { color: red }</style><p style='x'>")

    assert found["style-src"] == "'sha256-ngewhhP73WDIbgwseeu52VAAJgKdGUsu1IUQQsAm8m4='"


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("https://example.com/a?b#c", "https://example.com"),
        ("http://user:secret@example.com:8080/", "http://example.com:8080"),
        ("http://[::1]:80/", "http://[::1]:80"),
        ("app://reset", "app:"),
        ("https://exa mple.com/; script-src *", None),
        ("https:///x", None),
    ],
)
def test_forms_lead_to_origins(url: str, source: str | None) -> None:
    expected = "'self'" if source is None else f"'self' {source}"

    assert directives(targets=(url, url))["form-action"] == expected


def test_only_the_page_of_an_option_frames_ours() -> None:
    found = directives(framed_by="https://example.com/frame.html")

    assert found["frame-ancestors"] == "https://example.com"
