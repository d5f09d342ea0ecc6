"""What vendors' records mean: the canonical model, lenses, mappings. Pure."""
