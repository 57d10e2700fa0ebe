"""Readiness rules as data: a small closed grammar over declared facts, compiled to SQL."""
