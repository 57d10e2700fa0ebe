"""What may happen to the register of cooperatives, to boards and invitations."""
