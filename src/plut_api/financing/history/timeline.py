"""The history of results tells no story of its own: what moved it stands in the timeline."""

from plut_api.kit.timeline import tells_nothing

tells_nothing("readiness_changes", "follows from what is told of itself; the history of readiness shows it")
tells_nothing("readiness_next", "computed from what is told of itself")
tells_nothing("readiness_due", "names what is told of itself")
