"""The pytest plug-in in a project of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

SECONDS = 120

PROJECT = {
    "pytest.ini": """
        [pytest]
        parse_cloud = cloud/main.py
        parse_options = {"allowClientClassCreation": true, "appName": "Game"}
        filterwarnings = error
        """,
    "cloud/__init__.py": "",
    "cloud/models.py": """
        from parsepy.cloud import Object

        class GameScore(Object, class_name="GameScore"):
            score: int
        """,
    "cloud/main.py": """
        from parsepy import cloud
        from .models import GameScore

        @cloud.before_save(GameScore)
        async def check(request):
            assert isinstance(request.object, GameScore)
            request.object.set("checked", True)
        """,
    "tests/conftest.py": """
        import os
        import pytest
        from cloud.models import GameScore

        @pytest.fixture(scope=os.environ["BACKEND_SCOPE"])
        def anyio_backend():
            return "asyncio"
        """,
    "tests/test_scores.py": """
        import os
        import pytest
        from cloud.models import GameScore
        from parsepy.cloud import Query

        pytestmark = pytest.mark.anyio
        apps = []

        @pytest.mark.parametrize("number", range(3))
        async def test_each_begins_anew(parse_app, parse_client, number):
            assert (await parse_client.create(GameScore, {"score": 3}))["checked"] is True
            async with parse_app.cloud_code():
                (found,) = await Query(GameScore).find()
            assert isinstance(found, GameScore)
            apps.append(await parse_app.ready())

        def test_apps_last_as_long_as_the_event_loop():
            assert len(set(map(id, apps))) == (1 if os.environ["BACKEND_SCOPE"] == "session" else 3)

        class TestOtherOptions:
            @pytest.fixture
            def parse_options(self, parse_options):
                return {**parse_options, "appName": "Other", "allowClientClassCreation": False}

            async def test_they_hold_where_they_are(self, parse_app, parse_mails):
                with pytest.raises(Exception, match="Permission denied"):
                    await parse_app.client.create("More")
                await parse_app.sign_up("ann", email="ann@example.com")
                address = {"email": "ann@example.com"}
                await parse_app.client.call("POST", "/requestPasswordReset", address)
                assert parse_mails.last.subject == "Password Reset for Other"

        async def test_and_nowhere_else(parse_client):
            assert (await parse_client.create("More"))["objectId"]
        """,
}


def dedented(text: str) -> str:
    lines = text.splitlines()
    return "\n".join(line.removeprefix("        ") for line in lines)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in PROJECT.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(dedented(text))
    return tmp_path


def run_pytest(project: Path, *arguments: str, **environment: str) -> str:
    """What pytest says about it, with its exit code."""
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=project,
        env={"BACKEND_SCOPE": "session", "PATH": "", **environment},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return f"{result.stdout}\n{result.stderr}\nexit code {result.returncode}"


@pytest.mark.parametrize("scope", ["session", "function"])
def test_a_project_s_tests(project: Path, scope: str) -> None:
    told = run_pytest(project, BACKEND_SCOPE=scope)

    assert "6 passed" in told
    assert "exit code 0" in told


def test_in_several_processes(project: Path) -> None:
    assert "6 passed" in run_pytest(project, "-n", "2", "--dist", "loadfile")


def test_code_that_does_not_load_ends_it_with_the_place(project: Path) -> None:
    (project / "cloud" / "models.py").write_text("1 / 0\n")

    told = run_pytest(project)

    assert "cloud/models.py" in told
    assert "ZeroDivisionError" in told
    assert "INTERNALERROR" not in told
    assert "exit code 4" in told


def test_wrong_options_are_told(project: Path) -> None:
    told = run_pytest(project, "-o", "parse_options=nowhere.json", "-k", "begins_anew and 0")

    assert "nowhere.json cannot be read" in told
    assert "exit code 1" in told


def test_another_event_loop_than_asyncio_s_is_told(project: Path) -> None:
    (project / "tests" / "test_scores.py").write_text(
        "import asyncio\n"
        "async def test_it(parse_client):\n"
        "    await parse_client.find('Game')\n"
        "def test_without(parse_client):\n"
        "    try:\n"
        "        test_it(parse_client).send(None)\n"
        "    except RuntimeError as error:\n"
        "        assert 'asyncio' in str(error), error\n"
        "    else:\n"
        "        assert False\n"
    )

    assert "1 passed" in run_pytest(project, "-k", "test_without")


def test_a_project_without_cloud_code_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import sys\n"
        "def test_it(request):\n"
        "    assert request.config.pluginmanager.has_plugin('parsepy')\n"
        "    assert 'parsepy.app' not in sys.modules\n"
        "    assert 'parsepy.cloud' not in sys.modules\n"
        "    assert 'httpx' not in sys.modules\n"
    )

    assert "1 passed" in run_pytest(tmp_path)
