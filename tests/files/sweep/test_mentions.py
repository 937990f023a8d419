"""What counts as a mention of a file: rather too much than too little."""

from urllib.parse import quote

import pytest

from parsepy.files.sweep.mentions import names_in
from parsepy.types import JSONValue

NAME = "0123456789abcdef0123456789abcdef_holiday.png"
URL = f"https://api.example.org/parse/files/app/{NAME}"


@pytest.mark.parametrize(
    "value",
    [
        {"__type": "File", "name": NAME},
        {"photo": {"__type": "File", "name": NAME, "url": "http://elsewhere"}},
        [[{"deep": [{"deeper": {"__type": "File", "name": NAME}}]}]],
        NAME,
        {NAME: True},
        URL,
        f"{URL}?X-Parse-Expires=1&X-Parse-Signature=x",
        f"{URL}#part",
        f'<img src="{URL}">',
        f"<img src='{URL}'>",
        f"![a photo]({URL}) and more",
        f"See {URL}.",
        f"See {URL}, please!",
        f'{{"file":{{"__type":"File","name":"{NAME}"}}}}',
        f"[{NAME}]",
        "x" * 100_000 + NAME,
    ],
)
def test_mentions(value: JSONValue) -> None:
    assert NAME in set(names_in(value))


@pytest.mark.parametrize("name", ["d/e/a.txt", "a b.txt", "höhe.txt", "a.b.", "a~@_.txt"])
def test_names_of_all_kinds_in_addresses(name: str) -> None:
    assert name in set(names_in(f"http://localhost:1337/parse/files/app/{quote(name)}"))


@pytest.mark.parametrize(
    "value", [None, 1, True, "", {}, [], "holiday.png", "/files/app/", "0123456789abcdef_"]
)
def test_other_values_mention_nothing_of_that_name(value: JSONValue) -> None:
    assert NAME not in set(names_in(value))
