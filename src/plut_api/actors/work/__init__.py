"""What waits for staff in the registry."""
