"""Webhooks in: verified, stored, a reason to read. What they carry is never used as data."""
