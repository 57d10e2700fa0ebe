"""Follow-ups: what is left of training 3, 6 and 12 months after it was completed."""
