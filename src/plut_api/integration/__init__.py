"""The ways in and out for machines: imports of whole files."""
