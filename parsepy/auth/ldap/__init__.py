"""`ldap`: whoever can log in to a directory is the user (users sheet, section 16)."""

from parsepy.auth.ldap.provider import LdapProvider

__all__ = ["LdapProvider"]
