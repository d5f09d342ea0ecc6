"""Practice: twins with invented or given customers, and the demo that plays on them."""
