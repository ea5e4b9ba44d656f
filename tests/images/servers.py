"""Web servers of Debian, each with the listings that it writes."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

from tests.conftest import free_port
from tests.images.hosts import nginx, python_server, serving
from tests.optional import need

APACHE = """
ServerRoot {work}
ServerName 127.0.0.1
PidFile {work}/pid
ErrorLog {work}/error.log
DefaultRuntimeDir {work}
Listen 127.0.0.1:{port}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule dir_module {modules}/mod_dir.so
LoadModule autoindex_module {modules}/mod_autoindex.so
User #{user}
Group #{user}
DocumentRoot {folder}
<Directory {folder}>
    Options +Indexes +FollowSymLinks
    Require all granted
    {extra}
</Directory>
"""
LIGHTTPD = """
server.document-root = "{folder}"
server.bind = "127.0.0.1"
server.port = {port}
server.errorlog = "{work}/error.log"
server.modules = ("mod_dirlisting")
dir-listing.activate = "enable"
mimetype.assign = (".png" => "image/png")
"""


@contextmanager
def apache(folder: Path, work: Path, extra: str = "") -> Iterator[str]:
    modules = Path("/usr/lib/apache2/modules")
    need("apache2", shutil.which("apache2") is not None and modules.exists())
    work.mkdir(parents=True, exist_ok=True)
    port = free_port()
    # As root Apache hands its workers to another user, who has to pass the test's folders.
    user = 33 if os.geteuid() == 0 else os.geteuid()
    if os.geteuid() == 0:
        for above in (folder, *folder.parents):
            if above.stat().st_mode & 0o005 != 0o005 and above != Path("/"):
                above.chmod(above.stat().st_mode | 0o005)
    conf = work / "apache.conf"
    conf.write_text(
        APACHE.format(work=work, port=port, modules=modules, user=user, folder=folder, extra=extra)
    )
    with serving(["apache2", "-X", "-f", str(conf)], port) as url:
        yield url


@contextmanager
def lighttpd(folder: Path, work: Path) -> Iterator[str]:
    need("lighttpd", shutil.which("lighttpd") is not None)
    work.mkdir(parents=True, exist_ok=True)
    port = free_port()
    conf = work / "lighttpd.conf"
    conf.write_text(LIGHTTPD.format(work=work, port=port, folder=folder))
    with serving(["lighttpd", "-D", "-f", str(conf)], port) as url:
        yield url


@contextmanager
def caddy(folder: Path, work: Path) -> Iterator[str]:  # noqa: ARG001 - as the others
    need("caddy", shutil.which("caddy") is not None)
    port = free_port()
    command = ["caddy", "file-server", "--browse", "--listen", f"127.0.0.1:{port}"]
    with serving([*command, "--root", str(folder)], port) as url:
        yield url


SERVERS: dict[str, Callable[[Path, Path], AbstractContextManager[str]]] = {
    "http.server": lambda folder, _work: python_server(folder),
    "nginx": nginx,
    "nginx, JSON": partial(nginx, extra="autoindex_format json;"),
    "nginx, XML": partial(nginx, extra="autoindex_format xml;"),
    "Apache, plain": apache,
    "Apache, fancy": partial(apache, extra="IndexOptions FancyIndexing"),
    "Apache, table": partial(apache, extra="IndexOptions FancyIndexing HTMLTable XHTML"),
    "lighttpd": lighttpd,
    "Caddy": caddy,
}
