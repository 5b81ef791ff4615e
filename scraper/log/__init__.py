"""The log of what was archived: canonical records, a Merkle tree over them, and signed checkpoints of it. All pure.

Records are JSON by RFC 8785, the tree that of RFC 6962 and RFC 9162, checkpoints are those of C2SP (tlog-checkpoint, as
signed notes). Whoever has the bytes of a record, a proof and a checkpoint can check them without fonds.
"""

from .canonical import Value, canonical, reading
from .cosignature import Cosignature, WitnessKey, WitnessRequest, cosignatures, cosigned
from .keys import (
    Signer,
    VerifierKey,
    key_folder,
    load_key,
    new_key,
    read_public_key,
    save_key,
    with_cryptography,
)
from .note import Checkpoint, SignedNote, signed
from .tokens import (
    TimeQuery,
    TimeToken,
    check_chain,
    read_certificates,
    read_time_query,
    read_time_token,
    time_query,
    with_time_library,
)
from .tree import (
    EMPTY_ROOT,
    Tree,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    root_of,
)

__all__ = [
    "EMPTY_ROOT",
    "Checkpoint",
    "Cosignature",
    "SignedNote",
    "Signer",
    "TimeQuery",
    "TimeToken",
    "Tree",
    "Value",
    "VerifierKey",
    "WitnessKey",
    "WitnessRequest",
    "canonical",
    "check_chain",
    "consistency_proof",
    "cosignatures",
    "cosigned",
    "inclusion_proof",
    "is_consistent",
    "is_included",
    "key_folder",
    "leaf_hash",
    "load_key",
    "new_key",
    "read_certificates",
    "read_public_key",
    "read_time_query",
    "read_time_token",
    "reading",
    "root_of",
    "save_key",
    "signed",
    "time_query",
    "with_cryptography",
    "with_time_library",
]
