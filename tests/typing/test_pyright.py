"""Typical cloud code and the example project, as pyright sees them. For mypy: `scripts/check`."""

import subprocess
import sys
from pathlib import Path

from tests.support.availability import MissingComponentError, component_missing
from tests.support.node import ensure_node_modules, find_node

HERE = Path(__file__).parent
SECONDS = 300


def test_pyright_finds_the_errors_that_are_marked_and_no_others() -> None:
    try:
        pyright = ensure_node_modules(HERE) / "pyright" / "index.js"
        command = [find_node(), str(pyright), "--pythonpath", sys.executable]
    except MissingComponentError as missing:
        component_missing(missing)
    result = subprocess.run(
        command, cwd=HERE, capture_output=True, text=True, timeout=SECONDS, check=False
    )

    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 errors" in result.stdout
