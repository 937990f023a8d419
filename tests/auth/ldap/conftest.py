"""A directory with a few people and groups."""

from collections.abc import Iterator

import pytest

from tests.support.availability import MissingComponentError, component_missing
from tests.support.slapd import NOBODY, SUFFIX, RunningSlapd, find_slapd, running_slapd

PEOPLE = f"ou=people,{SUFFIX}"
ODD_ID = 'o,"d#d\\+=<>;'
ODD_NAME = "o\\2C\\22d\\23d\\5C\\2B\\3D\\3C\\3E\\3B"


def _unit(name: str) -> str:
    attributes = "objectClass: organizationalUnit\nou: " + name.partition(",")[0]
    return f"dn: ou={name},{SUFFIX}\n{attributes}\n"


def _person(name: str, password: str, unit: str = "people") -> str:
    attributes = f"objectClass: inetOrgPerson\ncn: x\nsn: x\nuserPassword: {password}"
    return f"dn: uid={name},ou={unit},{SUFFIX}\n{attributes}\n"


def _group(cn: str, member: str, number: int) -> str:
    attributes = f"objectClass: posixGroup\ngidNumber: {number}\nmemberUid: {member}"
    return f"dn: cn={cn},{SUFFIX}\n{attributes}\n"


ENTRIES = "\n".join(
    [
        f"dn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\no: x\ndc: example\n",
        _unit("people"),
        _unit("other,ou=people"),
        _person("ann", "secret"),
        _person("bob", "bobs secret"),
        _person("ann", "secret of another", "other,ou=people"),
        _person(ODD_NAME, "odd"),
        _person("*", "star"),
        _person("eve", "ﬁ\u00a0🦉"),
        _person("bob)(memberUid\\3D*", "bracket"),
        _group("staff", "ann", 1),
        _group("guests", "bob", 2),
        f"dn: ou=elsewhere,{SUFFIX}\nobjectClass: referral\nobjectClass: extensibleObject\n"
        f"ou: elsewhere\nref: {NOBODY}/dc=elsewhere\n",
    ]
)


@pytest.fixture(scope="session")
def slapd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSlapd]:
    try:
        find_slapd()
    except MissingComponentError as missing:
        component_missing(missing)
    with running_slapd(tmp_path_factory.mktemp("slapd"), ENTRIES) as server:
        yield server
