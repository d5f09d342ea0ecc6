"""A page of records in: hash, decode, fold, store, link, settle, plan. One transaction."""
