"""What staff see of all rooms at once: what waits for them, oldest first."""
