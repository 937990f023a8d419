"""The addresses that stand in mails."""

import pytest

from parsepy.options.load import load_options
from parsepy.users.mail_links import RESET_PAGE, VERIFY_PAGE, page_link
from tests.support.local_app import OPTIONS

PUBLIC = "https://example.org/parse"


def link(page: str = VERIFY_PAGE, token: str = "t0ken", **options: object) -> str:
    return page_link(load_options({**OPTIONS, **options}).options, PUBLIC, page, token)


def test_links_lead_to_the_pages() -> None:
    assert link() == f"{PUBLIC}/apps/app/verify_email?token=t0ken"
    assert link(RESET_PAGE) == f"{PUBLIC}/apps/app/request_password_reset?token=t0ken"


def test_the_pages_may_have_another_endpoint() -> None:
    assert link(pages={"pagesEndpoint": "p"}) == f"{PUBLIC}/p/app/verify_email?token=t0ken"


def test_a_frame_gets_path_and_token() -> None:
    framed = link(customPages={"parseFrameURL": "https://example.com/frame"})

    assert framed == "https://example.com/frame?link=%2Fapps%2Fapp%2Fverify_email&token=t0ken"


@pytest.mark.parametrize(("app_id", "shown"), [("a b/c", "a%20b%2Fc"), ("a-b_c.d!~*'()", None)])
def test_what_addresses_cannot_hold_is_encoded(app_id: str, shown: str | None) -> None:
    assert link(appId=app_id, token="a&b=c") == (
        f"{PUBLIC}/apps/{shown or app_id}/verify_email?token=a%26b%3Dc"
    )
