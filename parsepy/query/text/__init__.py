"""Text search as MongoDB 6 does it: words, languages, the grammar of a search, match and score."""
