"""Questions asked of the tables: each is a reading of what was observed, settled, planned and delivered. Nothing is stored for them."""
