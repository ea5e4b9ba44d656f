"""Signatures: two datasets of handwriting, and a service that registers more.

    SOURCE_A, SOURCE_B   -> raw_signatures.files            one row a content of a file, as bytes
                         -> raw_signatures.index_lines      one row a line of SOURCE_B's INDEX
                         -> raw_signatures.removed_files    what was deleted or renamed away
                         -> raw_signatures.counts           how much was read of each directory
    register_signatures  -> raw_signatures.files, counts, registered_signees, ..._signatures

    marts  -> get_signatures(), get_verification_pairs()   points as arrays, images as bytes

    ingest signatures --source-a DIR --source-b DIR

What names, strokes and INDEX mean is in `dbt_project/models/staging/signatures`.
"""

from ingest.signatures.books import Registration
from ingest.signatures.collaborators import (
    AnySignature,
    AssetService,
    ImageSignature,
    SignatureRepository,
    Signee,
    SigneeRepository,
    XYZPoint,
    XYZSignature,
)
from ingest.signatures.new import AnyNewSignature, NewImageSignature, NewXYZSignature
from ingest.signatures.reader import get_signatures, get_verification_pairs
from ingest.signatures.register import SignatureApplicationService, register_signatures
from ingest.signatures.structure import Points, SignatureStructure, VerificationPair

__all__ = [
    "AnyNewSignature",
    "AnySignature",
    "AssetService",
    "ImageSignature",
    "NewImageSignature",
    "NewXYZSignature",
    "Points",
    "Registration",
    "SignatureApplicationService",
    "SignatureRepository",
    "SignatureStructure",
    "Signee",
    "SigneeRepository",
    "VerificationPair",
    "XYZPoint",
    "XYZSignature",
    "get_signatures",
    "get_verification_pairs",
    "register_signatures",
]
