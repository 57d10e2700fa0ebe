"""The contract is valid, equals the server, and is kept by it."""
