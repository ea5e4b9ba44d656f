"""One published signature: who wrote it, and its points as arrays or its image as bytes."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from ingest.common.errors import IngestError

if TYPE_CHECKING:
    from PIL.Image import Image

Column = TypeVar("Column")


@dataclass(frozen=True, repr=False)
class Points(Generic[Column]):
    """The pen points of a signature, in order: a column of doubles for each thing told.

    All are in the units of the source. What its layout does not tell is None; `x` and `y` always
    are told. `z` is the third number of SOURCE_A and of what was registered.
    """

    x: Column
    y: Column
    z: Column | None = None
    pressure: Column | None = None
    time: Column | None = None
    pen_state: Column | None = None
    azimuth: Column | None = None
    altitude: Column | None = None

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.x)  # type: ignore[arg-type]

    def __repr__(self) -> str:
        """Say what is told of how many points."""
        told = [name for name in self.__annotations__ if getattr(self, name) is not None]
        return f"<{len(self):,} points: {', '.join(told)}>"


@dataclass(frozen=True, repr=False)
class SignatureStructure(Generic[Column]):
    """One published signature, as `marts.signatures` tells it.

    It has either `points`, or an `image`: the bytes of the file, none for a blank image. Of a
    forgery `signee_id` is the forger and `reference_signee_id` whom it imitates. `metadata` is
    what it was registered with.
    """

    signature_id: str
    signee_id: str
    source: str
    medium: str
    is_forgery: bool
    reference_signee_id: str | None
    reference_signature_id: str | None
    sample_number: int | None
    source_path: str
    metadata: Mapping[str, str]
    image: bytes | None
    points: Points[Column] | None

    def to_pil(self) -> "Image":
        """Decode the image, in full and in its own mode.

        Raises `IngestError` where there is no picture: it has points, or its image is blank.
        """
        if not self.image:
            what = "has points" if self.image is None else "is a blank image"
            raise IngestError(f"signature {self.signature_id} {what}: there is no picture of it")
        from PIL import Image

        image = Image.open(io.BytesIO(self.image))
        image.load()
        return image

    def __repr__(self) -> str:
        """Say what it is, without its points or bytes."""
        kind = "forgery" if self.is_forgery else "signature"
        content = f"{len(self.image or b''):,} bytes" if self.points is None else repr(self.points)
        return f"<{kind} {self.signature_id}: {self.source_path}, {content}>"


@dataclass(frozen=True)
class VerificationPair(Generic[Column]):
    """A genuine signature, and another one that the same signee wrote, or somebody imitated."""

    reference: SignatureStructure[Column]
    questioned: SignatureStructure[Column]
    is_genuine: bool
