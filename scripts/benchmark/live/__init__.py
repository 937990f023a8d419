"""Measures LiveQuery of parsepy beside the real parse-server: `scripts/bench live`."""
