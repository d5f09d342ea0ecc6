"""Intents out: planned beside the golden record, sent with their own key, confirmed by what the vendor answers."""
