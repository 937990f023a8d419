"""`parsepy dev`: cloud code that is loaded again while the server serves."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.cli.test_serve import PARSEPY
from tests.support.processes import RunningProcess

CODE = """
from parsepy import cloud

@cloud.function("hello")
def hello(request):
    return {answer!r}
"""


class Dev:
    """A running `parsepy dev`, and one connection to it that is never closed."""

    def __init__(self, process: RunningProcess, url: str, code: Path) -> None:
        self.process = process
        self.code = code
        self._client = httpx.Client(
            base_url=url, headers={"X-Parse-Application-Id": "app"}, timeout=10
        )

    def write(self, text: str) -> None:
        self.code.write_text(text)

    def hello(self) -> object:
        answer = self._client.post("/functions/hello", json={})
        return answer.json().get("result")

    def close(self) -> None:
        self._client.close()


@pytest.fixture
def dev(tmp_path: Path) -> Iterator[Dev]:
    code = tmp_path / "cloud" / "main.py"
    code.parent.mkdir()
    code.write_text(CODE.format(answer="one"))
    arguments = ["--app-id", "app", "--master-key", "m", "--cloud", "cloud/main.py"]
    with RunningProcess(
        [PARSEPY, "dev", "--port", "0", "--server-url", "http://localhost/parse", *arguments],
        folder=tmp_path,
        environment={"PORT": ""},
    ) as process:
        process.wait_for_line(lambda line: " is ready after " in line)
        url = process.wait_for_line(lambda line: line.startswith("  URL ")).split()[1]
        running = Dev(process, url, code)
        yield running
        running.close()


def test_code_is_loaded_again_within_a_second_of_saving(dev: Dev) -> None:
    assert dev.hello() == "one"

    saved = time.monotonic()
    dev.write(CODE.format(answer="two"))
    dev.process.wait_for_line(lambda line: line == "Cloud code loaded again: main.py changed.")

    assert dev.hello() == "two"
    assert time.monotonic() - saved < 5  # a second on a machine that does nothing else


def test_code_that_does_not_import_leaves_the_old_and_says_why(dev: Dev) -> None:
    dev.write("from parsepy import cloud\n1 / 0\n")
    dev.process.wait_for_line(lambda line: "ZeroDivisionError" in line)
    dev.process.wait_for_line(lambda line: line.startswith("The cloud code from before"))
    assert dev.hello() == "one"

    dev.write(CODE.format(answer="mended"))
    dev.process.wait_for_line(lambda line: line.startswith("Cloud code loaded again"))
    assert dev.hello() == "mended"


def test_without_code_it_says_what_is_missing(tmp_path: Path) -> None:
    with RunningProcess([PARSEPY, "dev"], folder=tmp_path, environment={"PORT": ""}) as process:
        process.wait_for_line(lambda line: "--cloud cloud/main.py" in line)


def test_code_that_does_not_import_stops_serve_and_is_shown(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("x = 1\nimport nothing_of_that_name\n")
    with RunningProcess(
        [PARSEPY, "serve", "--cloud", "main.py", "--port", "0"],
        folder=tmp_path,
        environment={"PORT": ""},
    ) as process:
        process.wait_for_line(lambda line: "main.py could not be loaded" in line)
        process.wait_for_line(lambda line: "line 2" in line)
        process.wait_for_line(lambda line: "nothing_of_that_name" in line)
