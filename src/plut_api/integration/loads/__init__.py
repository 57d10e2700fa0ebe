"""From a table of text cells to rows in the register: faults are noted per row, sound rows are loaded in one go."""
