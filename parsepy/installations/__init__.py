"""Installations: an app on a device, registered by the app itself (push sheet, section 1)."""
