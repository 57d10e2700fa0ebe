"""Messages as kit sends them: texts, gateways, money, retries."""
