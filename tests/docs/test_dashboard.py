"""docs/dashboard.md names the dashboard that is tested, and its tests."""

import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "dashboard.md").read_text(encoding="utf-8")
FOLDER = ROOT / "tests" / "browser" / "dashboard"


def test_the_version_is_the_one_that_is_tested() -> None:
    tested = json.loads((FOLDER / "package.json").read_text())["dependencies"]["parse-dashboard"]

    assert re.findall(r"parse-dashboard@([\d.]+)", TEXT) == [tested]
    assert f"parse-dashboard) {tested.rpartition('.')[0]}," in TEXT


def test_every_file_of_tests_is_named_and_there() -> None:
    assert set(re.findall(r"test_\w+\.py", TEXT)) == {
        file.name for file in FOLDER.glob("test_*.py")
    }


def test_the_configuration_is_complete() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    config: dict[str, list[dict[str, Any]]] = json.loads(example)

    (app,) = config["apps"]
    assert {"appId", "serverURL", "masterKey"} <= app.keys()
