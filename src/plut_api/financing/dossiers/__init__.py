"""The dossier of a referral: what the bank was given, frozen at submission, and what changed since."""
