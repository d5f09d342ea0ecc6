"""ARR as each side holds it: what is read from the tables for a tie-out, which itself is pure."""
