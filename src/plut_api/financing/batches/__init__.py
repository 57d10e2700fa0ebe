"""Many decisions or reports of a bank in one call: a JSON body or a file, each item with a result of its own."""
