"""What follows from a bank's refusal: the reason in words, the rules to work on, and when the consultant is done."""
