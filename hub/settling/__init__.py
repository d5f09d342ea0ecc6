"""Golden records: loaded under lock with all that speaks for them, settled by the core, stored with their change log."""
