"""What becomes of bookings when two records of one person are merged."""

from plut_api.kit.merging import Of, moves

moves("bookings.account_id", of=Of.accounts)
