"""The audit log as the auditors of the Dinas read it."""
