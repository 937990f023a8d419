"""The example project: both commands of its README do what they say."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.cli.test_serve import PARSEPY
from tests.support.processes import RunningProcess

EXAMPLE = Path(__file__).parents[2] / "examples" / "scores"
SECONDS = 120


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy, as somebody has it who begins with it."""
    ignored = shutil.ignore_patterns("__pycache__", ".*", "parse-data")
    return Path(shutil.copytree(EXAMPLE, tmp_path / "scores", ignore=ignored))


def test_the_readme_has_two_commands() -> None:
    text = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^(\w[^#\n]*?) +#", text, re.MULTILINE)

    assert commands == ["parsepy dev parse.json", "pytest"]
    for file in re.findall(r"`(cloud/\w+\.py)`", text):
        assert (EXAMPLE / file).is_file()


def test_its_tests_pass(project: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:xdist"],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )

    assert result.returncode == 0, result.stdout + result.stderr
    assert re.search(r"\b\d\d passed in", result.stdout)


def test_it_is_served(project: Path) -> None:
    command = [PARSEPY, "dev", "parse.json", "--port", "0"]
    with RunningProcess(command, folder=project, environment={"PORT": ""}) as process:
        process.wait_for_line(lambda line: " is ready after " in line)
        url = process.wait_for_line(lambda line: line.startswith("  URL ")).split()[1]
        answer = httpx.post(
            f"{url}/functions/leaderboard",
            json={"level": "one"},
            headers={"X-Parse-Application-Id": "scores"},
        )

    assert answer.json() == {"result": []}
    assert list((project / "parse-data").glob("*.sqlite"))
