"""The story that the demo tells: an invented cast whose numbers are exact, and the scenes that are played on it."""
