"""Which bank sees the scores of businesses that consented to it: a dated setting of the Dinas, never the default."""
