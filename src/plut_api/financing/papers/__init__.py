"""What a business prepares for a bank: its plan, declarations, monthly books and accounts."""
