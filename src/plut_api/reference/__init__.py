"""Regions, KBLI, holidays and dated rule values: facts that others decided and we only keep."""
