"""Regions, KBLI, holidays and rule values over HTTP."""
