"""Referrals: from a consented, confirmed business to a bank's decision, to disbursement, and to the end."""
