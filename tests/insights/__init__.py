"""What staff see of all rooms at once."""
