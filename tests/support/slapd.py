"""A real directory for tests: OpenLDAP's slapd with entries of its own."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.support.availability import MissingComponentError
from tests.support.certificates import ServerFiles, server_files
from tests.support.ports import free_port
from tests.support.processes import ProcessFailedError, RunningProcess

SUFFIX: Final = "dc=example,dc=org"
NOBODY: Final = "ldap://127.0.0.1:1"

_ADMINISTRATORS: Final = "/usr/sbin:/usr/local/sbin"
_SCHEMAS: Final = Path("/etc/ldap/schema")
_MODULES: Final = Path("/usr/lib/ldap")

# An empty password logs in as nobody here, as many directories have it: `bind_anon_cred`.
_CONFIGURATION: Final = """\
include {schemas}/core.schema
include {schemas}/cosine.schema
include {schemas}/nis.schema
include {schemas}/inetorgperson.schema
modulepath {modules}
moduleload back_mdb
pidfile {folder}/slapd.pid
argsfile {folder}/slapd.args
allow bind_anon_cred
referral {referral}
TLSCACertificateFile {files.authority}
TLSCertificateFile {files.certificate}
TLSCertificateKeyFile {files.key}
database mdb
maxsize 10485760
suffix "{suffix}"
directory {folder}/data
access to attrs=userPassword by anonymous auth by * none
access to * by users read by * none
"""


@dataclass(frozen=True, slots=True)
class RunningSlapd:
    """`url` is the plain address, `tls_url` the encrypted one with a certificate of `files`."""

    url: str
    tls_url: str
    files: ServerFiles
    process: RunningProcess

    def freeze(self) -> None:
        """It keeps its connections and answers nothing."""
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)

    def stop(self) -> None:
        self.process.kill()


def find_slapd() -> Path:
    """Raises MissingComponentError with what to install."""
    found = shutil.which("slapd") or shutil.which("slapd", path=_ADMINISTRATORS)
    if found is None or not _SCHEMAS.is_dir():
        raise MissingComponentError("no slapd: apt-get install slapd")
    return Path(found)


def start_slapd(folder: Path, entries: str, referral: str = NOBODY) -> RunningSlapd:
    """A server with the `entries` (LDIF) below `SUFFIX`, and everything of it in `folder`.

    Who asks for anything else is sent to `referral`.
    """
    binary = find_slapd()
    (folder / "data").mkdir(parents=True)
    files = server_files(folder / "tls")
    configuration = folder / "slapd.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            schemas=_SCHEMAS,
            modules=_MODULES,
            folder=folder,
            files=files,
            suffix=SUFFIX,
            referral=referral,
        )
    )
    (folder / "entries.ldif").write_text(entries, encoding="utf-8")
    subprocess.run(
        [binary, "-T", "add", "-f", configuration, "-l", folder / "entries.ldif"],
        check=True,
        capture_output=True,
    )
    port = free_port()
    url, tls_url = f"ldap://127.0.0.1:{port}", f"ldaps://127.0.0.1:{free_port()}"
    process = RunningProcess(
        [str(binary), "-f", str(configuration), "-h", f"{url} {tls_url}", "-d", "stats"]
    )
    try:
        process.wait_for_line(lambda line: "slapd starting" in line)
        _wait_until_it_listens(port, process)
    except BaseException:
        process.kill()
        raise
    return RunningSlapd(url, tls_url, files, process)


@contextlib.contextmanager
def running_slapd(folder: Path, entries: str, referral: str = NOBODY) -> Iterator[RunningSlapd]:
    """`start_slapd` for a with block; the process ends with it, frozen or not."""
    slapd = start_slapd(folder, entries, referral)
    try:
        yield slapd
    finally:
        slapd.stop()


def _wait_until_it_listens(port: int, process: RunningProcess, deadline: float = 30.0) -> None:
    """It says that it starts a moment before it does."""
    end = time.monotonic() + deadline
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port)).close()
            return
        time.sleep(0.01)
    raise ProcessFailedError(f"slapd does not listen:\n{process.output}")
