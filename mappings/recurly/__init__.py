"""What Recurly's records mean."""
