"""The use cases on objects: one door for reads, one for writes."""
