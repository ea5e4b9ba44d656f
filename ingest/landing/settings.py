"""What the user configured: `[sources.<source>]` of `.dlt/config.toml`, and variables.

    SOURCES__CENSUS__PEOPLE=people.csv  goes before  people = "people.csv" under [sources.census]

Every name is checked: a misspelt one would otherwise be as good as none.
"""

import os
import sys
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ingest.common.errors import IngestError
from ingest.common.paths import ROOT, shown
from ingest.common.telling import tell

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found,unused-ignore]

FILES = (ROOT / ".dlt" / "config.toml", ROOT / ".dlt" / "secrets.toml")
PREFIX = "SOURCES__"
ALIKE = 0.85  # of two names: what is meant for one of ours, and is none

Known = Mapping[str, Collection[str]]
"""The keys that each source takes."""
Settings = dict[str, dict[str, Any]]


def read_settings(known: Known, files: Iterable[Path] = FILES) -> Settings:
    """Return what is set for each source; a variable goes before a file, an empty value is none.

    Raises `IngestError` where a file is no TOML, or a section, key or variable is unknown.
    """
    found: Settings = {source: {} for source in known}
    for file in files:
        for source, keys in _sections(file, known):
            for key, value in keys.items():
                where = f"{shown(file)}: {key} under [sources.{source}]"
                if key not in known[source]:
                    raise IngestError(f"{where} is no setting{_nearest(key, known[source])}")
                _set(found[source], key, value, where)
    for variable, (source, key) in _variables(known).items():
        _set(found[source], key, os.environ[variable], variable)
    return found


def _set(found: dict[str, Any], key: str, value: Any, where: str) -> None:
    if value in ("", []):
        tell(f"{where} is empty and counts as not set", where, error=True)
    elif isinstance(value, dict):
        raise IngestError(f"{where} is a section, not a value")
    else:
        found[key] = value


def _sections(file: Path, known: Known) -> Iterable[tuple[str, dict[str, Any]]]:
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    except OSError as error:
        raise IngestError(f"{shown(file)} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise IngestError(f"{shown(file)} is not UTF-8: byte {error.start + 1}") from error
    except ValueError as error:  # which names line and column
        raise IngestError(f"{shown(file)} is no TOML: {error}") from error
    for section, sources in said.items():
        if section != "sources":
            raise IngestError(f"{shown(file)}: [{section}] is no section; did you mean [sources]?")
        if not isinstance(sources, dict):
            raise IngestError(f"{shown(file)}: sources is a value, not a section")
        for source, keys in sources.items():
            if source not in known:
                raise IngestError(
                    f"{shown(file)}: [sources.{source}] is no section"
                    f"{_nearest(source, known, '[sources.{}]')}"
                )
            if not isinstance(keys, dict):
                raise IngestError(f"{shown(file)}: sources.{source} is a value, not a section")
            yield source, keys


def _variables(known: Known) -> dict[str, tuple[str, str]]:
    """Return the variables that set something, each with its source and key."""
    ours = {
        f"{PREFIX}{source}__{key}".upper(): (source, key)
        for source, keys in known.items()
        for key in keys
    }
    for name in os.environ:
        if name in ours:
            continue
        nearest = get_close_matches(name.upper(), ours, 1, ALIKE)
        if name.upper().startswith(PREFIX) or nearest:
            raise IngestError(f"the variable {name} is no setting{_nearest(name.upper(), ours)}")
    return {name: place for name, place in ours.items() if name in os.environ}


def _nearest(name: str, names: Collection[str], shape: str = "{}") -> str:
    nearest = get_close_matches(name, names, 1, 0.0)
    return f"; did you mean {shape.format(nearest[0])}?" if nearest else ""
