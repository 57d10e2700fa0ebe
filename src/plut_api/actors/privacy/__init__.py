"""What a person can ask about their own data: who saw it, all that is held, correction, erasure."""
