"""Where objects live: the contract (`base.py`) and its adapters."""
