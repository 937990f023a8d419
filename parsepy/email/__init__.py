"""Mail: what the server writes to users, and the ways to send it."""
