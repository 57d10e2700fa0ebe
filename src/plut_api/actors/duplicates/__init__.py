"""Records that may be the same person or business: found on entry, on import and by sweeps, decided by the Dinas."""
