"""The option table of parse-server 9.10.0 by concern; `catalogue.py` puts it together."""
