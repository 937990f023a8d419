"""The cloud code of the scores app."""
