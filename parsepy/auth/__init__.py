"""Ways to prove who one is besides a password: one file per provider."""
