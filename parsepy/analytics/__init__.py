"""Events that apps tell of: handed to an adapter, or counted (push sheet, section 7)."""
