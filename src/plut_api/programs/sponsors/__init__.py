"""Who pays for programmes: partners, by the commitments of their agreements; and what became of those commitments."""
