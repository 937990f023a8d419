"""`scripts/bench files`: what uploads and downloads cost, beside npm parse-server."""
