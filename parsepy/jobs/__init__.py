"""Background jobs as rows: what became of each, and when which is to run."""
