"""Signing up, logging in and linking by `authData` (users sheet, sections 14 and 15)."""

from parsepy.users.auth_data.given import Given, claims_identity, given
from parsepy.users.auth_data.service import AuthData
from parsepy.users.auth_data.validated import Validated, already_used

__all__ = ["AuthData", "Given", "Validated", "already_used", "claims_identity", "given"]
