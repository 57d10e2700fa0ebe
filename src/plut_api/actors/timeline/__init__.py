"""What happened to a business: what this room tells of it, and the reading of what all rooms tell."""
