"""The pages that links in mails lead to: files with placeholders, in the reader's language."""
