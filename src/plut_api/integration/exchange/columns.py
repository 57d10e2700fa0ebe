"""The columns of an exchanged row, and the hash by which a row that comes back shows whether it was changed."""

from collections.abc import Mapping
from typing import Any

from plut_api.integration.loads.actors.columns import COLUMNS as OF_ACTORS
from plut_api.kit.crypto import Vault

SYSTEM = "sidt"
"""The national single database (Sistem Informasi Data Tunggal UMKM)."""
KEYS = ("outside_id", "id", "row_hash")
TAKEN = tuple(name for name in OF_ACTORS if name != "row_key")
"""What a file that comes back may change; the hash is over these."""
_PROVENANCE = tuple(
    f"{group}_{name}" for group in ("owner", "business", "figures") for name in ("source", "as_of", "verified_level")
)
TOLD = (
    *("owner_disabilities", "legal_form", "status", "status_since", "size_class", "workers_disability"),
    *("products", "certifications", "channels", "qris_nmid", "support", *_PROVENANCE),
)
"""What is only told: it is ours to change, and a change of it in a file that comes back is not read."""
COLUMNS = (*KEYS, *TAKEN, *TOLD)
SEALED = {"owner_nik": "people.nik", "owner_phone": "people.phone", "nib": "actors.nib", "npwp": "actors.npwp"}
_HASH = "exchange.row"


def row_hash(values: Mapping[str, Any], vault: Vault) -> str:
    """32 hexadecimal digits, equal for rows that say the same in all that may be changed, however it is spelt out."""
    told = "\0".join("" if values[name] is None else " ".join(str(values[name]).split()) for name in TAKEN)
    return vault.blind(_HASH, told).hex()
