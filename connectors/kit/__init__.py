"""What a connector is made with. Connectors import this and nothing else of ours."""
