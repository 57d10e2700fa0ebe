"""Explained readiness, the ready list that banks pull, and referrals to a bank's decision."""
