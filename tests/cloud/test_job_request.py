"""What a job is called with."""

from typing import Any

import pytest

from parsepy.cloud.job_request import JobRequest

pytestmark = pytest.mark.anyio


async def test_only_texts_are_messages() -> None:
    said: list[str] = []

    async def tell(text: str) -> None:
        said.append(text)

    request = JobRequest(params={}, job_name="a", job_id="b", headers={}, ip="", _tell=tell)
    other: list[Any] = ["one", "", None, 5, {"a": 1}, "two"]
    for text in other:
        await request.message(text)

    assert said == ["one", "two"]


def test_what_it_logs_names_the_job(caplog: pytest.LogCaptureFixture) -> None:
    async def tell(_: str) -> None: ...

    request = JobRequest(params={}, job_name="a", job_id="b", headers={}, ip="", _tell=tell)
    with caplog.at_level("INFO"):
        request.log.info("half")

    (told,) = caplog.records
    assert (told.getMessage(), vars(told)["request_id"]) == ("half", "b")


def test_it_shows_what_it_knows() -> None:
    async def tell(_: str) -> None: ...

    request = JobRequest(params={"n": 1}, job_name="a", job_id="b", headers={}, ip="", _tell=tell)

    assert "job_name='a'" in repr(request)
    assert "_tell" not in repr(request)
