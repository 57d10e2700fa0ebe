"""What became of requests for financing, in numbers that tell nobody's own."""
