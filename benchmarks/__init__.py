"""How fast Concord reads, merges and skips, beside other ways to bring the same records into the same PostgreSQL."""
