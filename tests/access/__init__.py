"""Gate C9: who may do what, and sees what, as data, and a run of every cell of it."""
