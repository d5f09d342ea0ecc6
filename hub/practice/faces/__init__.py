"""What a demo shows in the browser beside the hub's own pages: one customer in all practice systems, and the tour."""
