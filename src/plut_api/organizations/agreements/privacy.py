"""Why a person's answer holds nothing of agreements: they bind organizations."""

from plut_api.kit.privacy import holds_nothing_to_tell

holds_nothing_to_tell("agreements", "between PLUT and an organization; drafted by staff")
holds_nothing_to_tell("agreement_transitions", "moves of agreements, made by staff")
holds_nothing_to_tell("commitments", "what an organization commits itself to")
