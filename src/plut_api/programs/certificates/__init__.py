"""Certificates of completed training: issued, verified by anyone, printed, revoked."""
