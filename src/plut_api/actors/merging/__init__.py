"""Two records that turn out to be one person, or one business: joined, shown before, and parted again."""
