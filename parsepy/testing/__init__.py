"""A server for compatibility test suites: `python -m parsepy.testing serve`.

Besides the API it listens on a second, loopback-only port, where a suite may erase all data and
replace the options. Nothing of this is part of `parsepy serve`.
"""
