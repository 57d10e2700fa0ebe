"""What crosses the wire of the actors room."""
