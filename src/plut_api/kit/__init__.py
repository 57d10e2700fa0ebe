"""What every room uses and none owns. Kit knows no domain."""
