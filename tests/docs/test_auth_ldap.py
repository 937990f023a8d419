"""The page on directories: its options work, and it names what there is."""

import json
import re
from pathlib import Path

from parsepy.auth.ldap import options

TEXT = (Path(__file__).parents[2] / "docs" / "auth-ldap.md").read_text(encoding="utf-8")


def test_the_options_of_the_example_work(tmp_path: Path) -> None:
    given = json.loads(TEXT.split("```json\n")[1].split("```")[0])["auth"]["ldap"]
    del given["tlsOptions"]["ca"]

    read = options.read_options(given)

    assert (read.host, read.port, read.suffix) == ("directory.example.org", 636, given["suffix"])
    assert read.group == options.Group("staff", "(memberUid={{id}})")


def test_every_option_is_named() -> None:
    source = Path(options.__file__).read_text(encoding="utf-8")
    named = set(re.findall(r'(?:given|tls)\.get\("(\w+)"\)', source)) | options._TLS_MEMBERS

    assert {"url", "suffix", "dn", "tlsOptions", "groupCn", "groupFilter", "caFile"} <= named
    assert {name for name in named if f"`{name}`" not in TEXT} == set()


def test_every_answer_is_named() -> None:
    sources = [file.read_text("utf-8") for file in Path(options.__file__).parent.glob("*.py")]
    texts = set(re.findall(r'"(LDAPS?:? [^"{(:]+(?:: [^"{(]+)?)', "".join(sources)))

    assert "LDAP: Wrong username or password" in texts
    assert {text for text in texts if text not in TEXT} == set()
