"""What HubSpot's records mean."""
