"""Rows that leave as files and come back."""

import csv
import json
from pathlib import Path

from tests.browser.dashboard.conftest import Rest
from tests.browser.dashboard.page import Dashboard


def test_rows_are_exported_and_imported(dashboard: Dashboard, rest: Rest, tmp_path: Path) -> None:
    rest.add_scores()

    dashboard.open("browser/Score")
    dashboard.wait(lambda: len(dashboard.rows()) == 3, "all rows")
    dashboard.menu("Data", "Export all rows")
    dashboard.confirm("export all", "Export")
    table = dashboard.downloaded("*.csv")
    exported = csv.DictReader(table.read_text().splitlines())
    assert sorted(row["player"] for row in exported) == ["ann", "bob", "eve"]

    rest.ask("DELETE", "/purge/Score")
    dashboard.menu("Data", "Import")
    dashboard.type("input[type=file]", str(table))
    dashboard.button("Import")
    dashboard.wait(lambda: len(rest.rows("Score")) == 3, "the rows to be back")
    assert {row["player"]: row["points"] for row in rest.rows("Score")} == {
        "ann": 7,
        "bob": 12,
        "eve": 30,
    }


def test_objects_are_imported_with_their_ids_and_times(
    dashboard: Dashboard, rest: Rest, tmp_path: Path
) -> None:
    rest.ask("POST", "/schemas/Score", {"fields": {"player": {"type": "String"}}})
    kept = {
        "objectId": "oldScore01",
        "createdAt": "2020-01-01T00:00:00.000Z",
        "updatedAt": "2020-01-02T00:00:00.000Z",
        "player": "ann",
        "place": {"__type": "GeoPoint", "latitude": 48.4, "longitude": 9.98},
    }
    backup = tmp_path / "backup.json"
    backup.write_text(json.dumps([kept]))

    dashboard.open("browser/Score")
    dashboard.menu("Data", "Import")
    dashboard.type("input[type=file]", str(backup))
    dashboard.answer_yes("Preserve object IDs")
    dashboard.answer_yes("Preserve timestamps")
    dashboard.choose("Duplicate handling", "Skip duplicates")
    dashboard.button("Import")
    dashboard.see("Imported: 1")

    assert rest.rows("Score") == [kept]
