"""The names of pages are parse-server's."""

from parsepy.pages.page import Page


def test_each_page_has_the_file_that_parse_server_has_for_it() -> None:
    assert {page.value: page.file for page in Page} == {
        "passwordReset": "password_reset.html",
        "passwordResetSuccess": "password_reset_success.html",
        "passwordResetLinkInvalid": "password_reset_link_invalid.html",
        "emailVerificationSuccess": "email_verification_success.html",
        "emailVerificationSendFail": "email_verification_send_fail.html",
        "emailVerificationSendSuccess": "email_verification_send_success.html",
        "emailVerificationLinkInvalid": "email_verification_link_invalid.html",
        "emailVerificationLinkExpired": "email_verification_link_expired.html",
    }
