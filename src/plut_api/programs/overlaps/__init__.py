"""No two organizations run the same programme: scores of likeness, what the Dinas decides, and merging programmes."""
