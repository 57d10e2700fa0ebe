"""The OWASP API Security Top 10 (2023), a module a risk, and what a reviewer of a bank asks besides."""
