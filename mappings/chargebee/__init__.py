"""What Chargebee's records mean."""
