"""Random permissions: to take a grant away never shows more nor allows more."""
