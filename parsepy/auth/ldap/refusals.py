"""What users of a directory are told, in parse-server's words."""

from parsepy.errors import Code, ParseError


def wrong_credentials() -> ParseError:
    return refused("LDAP: Wrong username or password")


def went_wrong(why: object) -> ParseError:
    return refused(f"LDAP: Somthing went wrong ({why})")


def refused(message: str) -> ParseError:
    return ParseError(Code.OBJECT_NOT_FOUND, message)


def group_refused(message: str) -> ParseError:
    """The password was right."""
    return ParseError(Code.INTERNAL, message)
