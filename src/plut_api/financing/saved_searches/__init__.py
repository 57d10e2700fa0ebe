"""Searches that a bank keeps, and the digest that tells it when new rows of the ready list fit."""
