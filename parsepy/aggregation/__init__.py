"""Aggregation pipelines, pure: reading them, stored names, and evaluating them over documents."""
