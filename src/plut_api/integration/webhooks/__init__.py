"""Webhooks: events sent to addresses of organizations, signed by Standard Webhooks, in order for each subject."""
