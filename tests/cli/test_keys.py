"""Keys of a server that was started without any."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from parsepy.cli.failure import CannotStart
from parsepy.cli.keys import load_or_create_keys


def test_the_first_start_makes_keys_that_only_the_owner_can_read(tmp_path: Path) -> None:
    folder = tmp_path / "data"

    kept = load_or_create_keys(folder)

    assert kept.first_start
    assert json.loads(kept.file.read_text()) == {
        "appId": kept.keys.app_id,
        "masterKey": kept.keys.master_key,
    }
    assert stat.S_IMODE(kept.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not kept.readable_by_others
    assert [file.name for file in folder.iterdir()] == ["keys.json"]


def test_later_starts_use_the_same_keys(tmp_path: Path) -> None:
    first, second = load_or_create_keys(tmp_path), load_or_create_keys(tmp_path)

    assert second.keys == first.keys
    assert not second.first_start


def test_keys_are_random(tmp_path: Path) -> None:
    first, second = (load_or_create_keys(tmp_path / name).keys for name in "ab")

    assert first.app_id != second.app_id
    assert first.master_key != second.master_key
    assert len(first.master_key) == 64


def test_servers_that_start_at_once_agree_on_the_keys(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(load_or_create_keys, [tmp_path] * 8))

    assert len({each.keys.master_key for each in kept}) == 1
    assert sum(each.first_start for each in kept) == 1


def test_a_file_that_others_can_read_is_noticed(tmp_path: Path) -> None:
    load_or_create_keys(tmp_path).file.chmod(0o644)

    assert load_or_create_keys(tmp_path).readable_by_others


@pytest.mark.parametrize("content", ["", "{}", '{"appId": 1, "masterKey": "m"}', "\xff"])
def test_a_damaged_file_is_not_replaced(tmp_path: Path, content: str) -> None:
    file = tmp_path / "keys.json"
    file.write_text(content, encoding="latin-1")

    with pytest.raises(CannotStart, match=r"keys\.json is damaged"):
        load_or_create_keys(tmp_path)

    assert file.read_text(encoding="latin-1") == content


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the way")

    with pytest.raises(CannotStart, match=r"^Cannot keep keys in .*data/keys\.json: "):
        load_or_create_keys(tmp_path / "data")
