"""What Mixpanel's records mean."""
