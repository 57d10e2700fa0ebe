"""Messages to accounts and people: who they are, how they want to be told, what lies in their inbox."""
