"""Saved mappings: how the files of one source are read, so that nobody renames columns by hand each month."""
