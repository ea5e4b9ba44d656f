"""Opens a file as UTF-8 text, whatever it is packed in: its first bytes say what it is.

.gz .zst .zip with one file     unpacked while it is read
UTF-16, UTF-32 with their mark  as UTF-8; any other encoding where a setting says so
spreadsheets                    refused by name
"""

import codecs
import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, cast

from ingest.common.errors import IngestError

if TYPE_CHECKING:
    import pyarrow as pa

PIECE = 1 << 18  # bytes
MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
GZIP, ZSTD, ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"
OLD_EXCEL = bytes.fromhex("d0cf11e0a1b11ae1")
SAVE = "in your spreadsheet program, save it as CSV UTF-8 and name that file"
SHEETS = {
    "xl/": "an Excel workbook (.xlsx)",
    "content.xml": "an OpenDocument spreadsheet (.ods)",
    "Index/": "a Numbers spreadsheet",
}


def opened_as_text(file: BinaryIO, name: str, encoding: str | None) -> tuple[BinaryIO, list[str]]:
    """Return what reads the file as UTF-8, and how it is read, in words, where it is not plain.

    `encoding` overrules the file's mark. Raises `IngestError` where the file is a spreadsheet or an
    archive of several files; while reading, where what it is packed in is damaged.
    """
    told: list[str] = []
    plain = _unpacked(file, name, told)
    head = plain.peek(8)[:8]
    if head.startswith((GZIP, ZSTD, ZIP, OLD_EXCEL)):
        raise IngestError(f"{name} is packed twice, or holds no CSV; unpack it once")
    marked = next((kind for mark, kind in MARKS.items() if head.startswith(mark)), "utf-8")
    kind = encoding or marked
    if codecs.lookup(kind).name in ("utf-8", "utf-8-sig"):
        return cast("BinaryIO", plain), told
    told.append(kind.upper())
    return cast("BinaryIO", io.BufferedReader(_Pieces(_recoded(plain, kind)), PIECE)), told


def _unpacked(file: BinaryIO, name: str, told: list[str]) -> io.BufferedReader:
    head = file.read(8)
    file.seek(0)
    if head.startswith(OLD_EXCEL):
        raise IngestError(f"{name} is an old Excel workbook (.xls): {SAVE}")
    if head.startswith(ZIP):
        told.append("zip")
        return io.BufferedReader(_Pieces(_read(_member(file, name), name, "zip")), PIECE)
    if head.startswith((GZIP, ZSTD)):
        import pyarrow as pa

        kind = "gzip" if head.startswith(GZIP) else "zstd"
        told.append(kind)
        # Arrow closes what it is given when it is done; the file itself is still needed.
        pieces = _Pieces(iter(lambda: file.read(PIECE), b""))
        packed = pa.CompressedInputStream(pa.PythonFile(pieces, "r"), kind)
        return io.BufferedReader(_Pieces(_read(packed, name, kind)), PIECE)
    return cast("io.BufferedReader", file)


def _member(file: BinaryIO, name: str) -> BinaryIO:
    try:
        archive = zipfile.ZipFile(file)
    except zipfile.BadZipFile:
        raise IngestError(f"{name} is a zip archive that is damaged or cut off") from None
    inside = [member for member in archive.namelist() if not member.endswith("/")]
    for beginning, kind in SHEETS.items():
        if any(member.startswith(beginning) for member in inside):
            raise IngestError(f"{name} is {kind}: {SAVE}")
    files = [member for member in inside if not member.startswith("__MACOSX/")]
    if len(files) != 1:
        raise IngestError(f"{name} is a zip archive of {len(files)} files, not one")
    try:
        return cast("BinaryIO", archive.open(files[0]))
    except (RuntimeError, NotImplementedError) as error:
        raise IngestError(f"{name} is a zip archive that cannot be unpacked: {error}") from None


def _read(packed: "BinaryIO | pa.NativeFile", name: str, kind: str) -> Iterator[bytes]:
    try:
        while piece := packed.read(PIECE):
            yield piece
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile):
        raise IngestError(f"{name} is damaged or cut off: its {kind} data cannot be read") from None


def _recoded(file: BinaryIO, encoding: str) -> Iterator[bytes]:
    """Yield the text as UTF-8; bytes that are wrong in its encoding come out as no UTF-8."""
    decoder = codecs.getincrementaldecoder(encoding)("keep_as_bytes")
    while piece := file.read(PIECE):
        yield decoder.decode(piece).encode("utf-8", "surrogateescape")
    yield decoder.decode(b"", final=True).encode("utf-8", "surrogateescape")


def _keep_as_bytes(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(chr(0xDC80 | byte) for byte in bad), error.end


codecs.register_error("keep_as_bytes", _keep_as_bytes)


class _Pieces(io.RawIOBase):
    """A stream of pieces of bytes."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces, self.left = pieces, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        while not self.left:
            piece = next(self.pieces, None)
            if piece is None:
                return 0
            self.left = memoryview(piece)
        count = min(len(buffer), len(self.left))
        buffer[:count] = self.left[:count]
        self.left = self.left[count:]
        return count
