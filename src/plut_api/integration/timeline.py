"""Why what this room holds of businesses is no part of what happened to them."""

from plut_api.kit.timeline import tells_nothing

tells_nothing("outside_ids", "what another system calls a business")
tells_nothing("import_differences", "what a file would change; what it did change is told of itself")
