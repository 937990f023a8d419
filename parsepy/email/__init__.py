"""Mail: what the server writes to users, and the ways to send it."""

from parsepy.email.base import Letter, MailFailed, MailRefused, Message

__all__ = ["Letter", "MailFailed", "MailRefused", "Message"]
