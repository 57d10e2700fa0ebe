"""What crosses the wire of the facilities room."""
