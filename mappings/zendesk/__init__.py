"""What Zendesk's records mean."""
