"""Measures parsepy beside the real parse-server: `scripts/bench`."""
