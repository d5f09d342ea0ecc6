"""The built-in entities, field by field."""
