"""What crosses the wire of the programs room."""
