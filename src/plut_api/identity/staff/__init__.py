"""How staff get in: invitations, passwords, the second factor, the outside issuer."""
