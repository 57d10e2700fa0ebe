"""Why a person's answer holds nothing of searches and settings: they are of banks."""

from plut_api.kit.privacy import holds_nothing_to_tell

holds_nothing_to_tell("saved_searches", "filters that a bank keeps; saved by its staff or its machine")
holds_nothing_to_tell("score_disclosures", "which bank sees scores; set by the Dinas")
