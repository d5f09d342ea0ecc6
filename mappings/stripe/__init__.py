"""What Stripe's records mean."""
