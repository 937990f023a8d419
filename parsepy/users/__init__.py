"""Accounts, sessions and roles."""

from parsepy.users.verification_requests import VerificationMailRequest, VerificationRequest

__all__ = ["VerificationMailRequest", "VerificationRequest"]
