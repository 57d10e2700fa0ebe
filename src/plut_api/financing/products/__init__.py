"""Products of banks: what they offer, under which scheme, for whom, and as long as their quota lasts."""
