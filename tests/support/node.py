"""Node and the npm packages that tests need."""

import fcntl
import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.availability import MissingComponentError

STAMP = ".installed-from"
INSTALL_SECONDS = 600


def find_node() -> str:
    """Return the path of `node`; raises MissingComponentError without Node or npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise MissingComponentError("no node and npm on PATH: install Node.js 20 or later")
    return node


def ensure_node_modules(folder: Path) -> Path:
    """Install what `folder`/package.json asks for, once per content of that file.

    Returns the node_modules folder. Parallel test workers wait for the one that installs.
    Raises MissingComponentError without npm, or when it cannot install.
    """
    find_node()
    manifest = folder / "package.json"
    modules = folder / "node_modules"
    stamp = modules / STAMP
    wanted = hashlib.sha256(manifest.read_bytes()).hexdigest()
    with _locked(manifest):
        if not stamp.is_file() or stamp.read_text() != wanted:
            _install(folder)
            modules.mkdir(exist_ok=True)
            stamp.write_text(wanted)
    return modules


def _install(folder: Path) -> None:
    command = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock"]
    result = subprocess.run(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=INSTALL_SECONDS,
        check=False,
    )
    if result.returncode != 0:
        raise MissingComponentError(f"npm install in {folder} failed:\n{result.stdout[-2000:]}")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
