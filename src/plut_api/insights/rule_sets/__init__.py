"""Whom a rule set would add or drop, told in numbers that are about nobody."""
