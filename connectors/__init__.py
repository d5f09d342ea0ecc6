"""Connectors: one folder per vendor, and the kit they are made with."""
