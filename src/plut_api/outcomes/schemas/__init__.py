"""What crosses the wire of the outcomes room."""

from plut_api.outcomes.schemas.evidence import (
    EvidenceCreate,
    EvidencePage,
    EvidenceRead,
    EvidenceReject,
    EvidenceRevoke,
    EvidenceVerify,
)
from plut_api.outcomes.schemas.history import OutcomeMovePage
from plut_api.outcomes.schemas.levels import (
    BaselineSet,
    BothLanguages,
    DimensionField,
    Level,
    LevelAbove,
    OutcomeRead,
    Outcomes,
    Rubric,
    Rubrics,
    TargetSet,
)

__all__ = [
    "BaselineSet",
    "BothLanguages",
    "DimensionField",
    "EvidenceCreate",
    "EvidencePage",
    "EvidenceRead",
    "EvidenceReject",
    "EvidenceRevoke",
    "EvidenceVerify",
    "Level",
    "LevelAbove",
    "OutcomeMovePage",
    "OutcomeRead",
    "Outcomes",
    "Rubric",
    "Rubrics",
    "TargetSet",
]
