"""Why a person's answer holds nothing of sponsors: they are organizations."""

from plut_api.kit.privacy import holds_nothing_to_tell

holds_nothing_to_tell("program_sponsors", "organizations that pay for programmes; added by staff")
