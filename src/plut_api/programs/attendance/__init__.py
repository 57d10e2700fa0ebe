"""Who came to which session, what tests showed, who completed, who never came."""
