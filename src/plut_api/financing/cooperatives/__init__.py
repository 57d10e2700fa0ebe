"""Readiness of cooperatives: explained, asked for what would change it, confirmed by a consultant, ended."""
