"""One kind of finding per file; each reads through `base.Examined` alone."""
