"""What training came to: participants, proven outcomes and their cost, by programme, organization, place or segment."""
