"""Whether the server of a data folder runs: its pid file names a process, which is to be proven.

A pid file outlives a crash of the machine, and its number may be another process's by then; a
copied folder's names the server of the original; a zombie has a number and is no server. So the
process counts only where it is a PostgreSQL that works in this very folder.
"""

import os
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PID_FILE = "postmaster.pid"
PROC = Path("/proc")


@dataclass(frozen=True)
class Postmaster:
    """The running server of a data folder, as its pid file tells and its process proves."""

    pid: int
    port: str
    state: str  # "starting", "ready" or "stopping"


def find(folder: Path) -> Postmaster | None:
    """Return the server that runs on the data folder, None where the pid file is stale."""
    try:
        lines = [line.strip() for line in (folder / PID_FILE).read_text().splitlines()]
        pid, port = int(lines[0]), str(int(lines[3]))
    except (OSError, ValueError, IndexError):
        return None
    state = lines[7] if len(lines) > 7 else "starting"
    return Postmaster(pid, port, state) if _is_server_of(pid, folder) else None


def mend(folder: Path) -> None:
    """Make PostgreSQL see that the pid file is stale; call it where `find` has found nothing.

    PostgreSQL believes every number that is in use, except that of the process that starts it. So
    that is written into the file; the rest stays, since PostgreSQL asks by it whether processes of
    a server that was killed still use the folder's shared memory.
    """
    path = folder / PID_FILE
    with suppress(FileNotFoundError):
        first, *rest = path.read_text(errors="replace").splitlines(keepends=True) or [""]
        if first.strip().isdigit():
            path.write_text(f"{os.getpid()}\n{''.join(rest)}")
        else:
            path.unlink()  # empty or broken: PostgreSQL would not start


def _is_server_of(pid: int, folder: Path) -> bool:
    """Whether the process is a PostgreSQL, no zombie, and works in the folder."""
    command = _command(pid)
    if not command or Path(command[0]).name != "postgres":
        return False
    try:
        # A server works in its data folder, whatever became of the path that it was started with.
        return (PROC / str(pid) / "cwd").samefile(folder)
    except OSError:
        # No /proc, or root without the right to look at another user's process.
        named = command[command.index("-D") + 1 :][:1] if "-D" in command else []
        return bool(named) and Path(named[0]).is_dir() and Path(named[0]).samefile(folder)


def _command(pid: int) -> list[str]:
    """Return the words that a process was started with; none of a zombie and of what is gone."""
    if PROC.joinpath("self").exists():
        try:
            return (PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            return []
    done = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    program, _, rest = done.stdout.strip().partition(" -D ")
    return [program, "-D", rest.rpartition(" -p ")[0] or rest]
