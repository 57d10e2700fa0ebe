"""The registry of organizations: Dinas, OPDs, banks, OJK, private partners, universities."""
