"""What crosses the wire of the financing room."""
