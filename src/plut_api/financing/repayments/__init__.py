"""What banks report of loans that were paid out: how much is owed, and whether it is repaid on time."""
