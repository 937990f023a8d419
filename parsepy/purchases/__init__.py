"""In-app purchases of Apple's, as apps of old have them verified (push sheet, section 8)."""
