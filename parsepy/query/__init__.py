"""The one query language: the tree, its parser, and the matcher in memory."""
