"""Why a person's answer holds nothing of products: they are what banks offer to anybody."""

from plut_api.kit.privacy import holds_nothing_to_tell

holds_nothing_to_tell("financing_products", "what a bank offers; drafted by its staff")
holds_nothing_to_tell("product_quotas", "sums over what banks approved")
