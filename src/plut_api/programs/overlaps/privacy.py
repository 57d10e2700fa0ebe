"""Nothing of people lies in this part: what resembles what, and who of the staff decided about it."""

from plut_api.kit.privacy import holds_nothing_to_tell

holds_nothing_to_tell("overlaps", "programmes that resemble each other, decided on by staff")
holds_nothing_to_tell("program_merges", "programmes that became one, by staff; of enrolments it keeps ids only")
