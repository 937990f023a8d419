"""`mfa`: a second proof on top of a password or another provider (users sheet, section 15)."""

from parsepy.auth.mfa.provider import MfaProvider

__all__ = ["MfaProvider"]
