"""What has happened on the server: kept in files or by an adapter, and asked for."""
