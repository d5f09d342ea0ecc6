"""What Zuora's records mean."""
