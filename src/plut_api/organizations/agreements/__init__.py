"""Agreements of PLUT with partners: what was signed, for how long, and what the partner committed itself to."""
