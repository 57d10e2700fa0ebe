"""Messages to accounts and people: wishes, inbox, receipts."""
