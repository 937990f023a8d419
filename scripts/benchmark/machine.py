"""Where and when figures were measured: without that they mean little."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from tests.support.availability import MissingComponentError
from tests.support.node import find_node


def machine() -> str:
    """One line for above the tables. A load above zero means that others used the machine too."""
    parts = [
        f"{datetime.now(UTC):%Y-%m-%d}",
        f"{os.cpu_count()} × {_processor()}",
        f"load {os.getloadavg()[0]:.1f} at the start",
        f"Python {platform.python_version()}",
        _node_version(),
    ]
    return ", ".join(part for part in parts if part)


def _processor() -> str:
    try:
        with Path("/proc/cpuinfo").open() as lines:
            names = [line.partition(":")[2].strip() for line in lines if "model name" in line]
    except OSError:
        names = []
    return names[0] if names else platform.machine()


def _node_version() -> str:
    try:
        node = find_node()
    except MissingComponentError:
        return ""
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return f"Node {version.stdout.strip()}"
