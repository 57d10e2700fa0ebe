"""What crosses the wire in the cooperatives room."""
