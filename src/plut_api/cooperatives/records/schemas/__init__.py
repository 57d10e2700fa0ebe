"""Records of cooperatives on the wire."""
