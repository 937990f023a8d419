"""`Config` in cloud code: the same rows, rights and triggers as `/config`."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from parsepy.cloud import Config, ConfigRequest, File, FunctionRequest, GeoPoint, Validator
from parsepy.errors import ParseError
from tests.support.local_app import URL, LocalApp, local_app

pytestmark = pytest.mark.anyio


async def test_what_is_for_the_master_key_is_shown_to_it_alone(stored: LocalApp) -> None:
    with stored.app.cloud_code():
        saved = await Config.save(
            {"open": 1, "closed": 2}, master_key_only={"closed": True}, use_master_key=True
        )
        anyone = await Config.get()
        master = await Config.get(use_master_key=True)

    assert anyone.to_json() == {"open": 1}
    assert "closed" not in anyone
    assert master.to_json() == saved.to_json() == {"open": 1, "closed": 2}
    assert master.master_key_only == {"open": False, "closed": True}
    assert (await stored.ok("GET", "/config"))["params"] == {"open": 1}


async def test_an_app_without_a_config_has_no_values(parse: LocalApp) -> None:
    with parse.app.cloud_code():
        config = await Config.get()

    assert (len(config), list(config)) == (0, [])
    assert config.get("a") is None
    assert config.get("a", 5) == 5
    with pytest.raises(KeyError):
        config["a"]


async def test_values_come_back_as_they_were_set(stored: LocalApp) -> None:
    moment = datetime(2026, 11, 30, 12, 0, 0, 123000, tzinfo=UTC)
    given = {
        "when": moment,
        "where": GeoPoint(40.5, -3),
        "file": File("a.txt", url="http://a.test/a.txt"),
        "deep": {"list": [moment, 1.5, None]},
        "nothing": None,
    }
    with stored.app.cloud_code():
        await Config.save(given, use_master_key=True)
        config = await Config.get()

    assert {name: config[name] for name in config} == given
    assert config.get("nothing", "default") is None


async def test_operations_change_what_is_there(stored: LocalApp) -> None:
    with stored.app.cloud_code():
        await Config.save({"n": 1, "list": [1], "gone": 1}, use_master_key=True)
        config = await Config.save(
            {
                "n": {"__op": "Increment", "amount": 2},
                "list": {"__op": "AddUnique", "objects": [1, 2]},
                "gone": {"__op": "Delete"},
            },
            use_master_key=True,
        )

    assert config.to_json() == {"n": 3, "list": [1, 2]}


async def test_what_was_read_is_not_changed_by_what_is_saved(parse: LocalApp) -> None:
    with parse.app.cloud_code():
        before = await Config.save({"list": [1]}, use_master_key=True)
        before["list"].append(2)
        await Config.save({"list": [3]}, use_master_key=True)

    assert before["list"] == [1]


async def test_saving_is_for_the_master_key(parse: LocalApp) -> None:
    with parse.app.cloud_code():
        with pytest.raises(ParseError) as refused:
            await Config.save({"a": 1})
        assert refused.value.http_status == 403
        assert len(await Config.get(use_master_key=True)) == 0


@pytest.mark.parametrize(
    ("params", "code"), [({}, 141), ({"a.b": 1}, 141), ({"a": {"__proto__": 1}}, 105)]
)
async def test_what_cannot_be_saved(parse: LocalApp, params: dict[str, object], code: int) -> None:
    with parse.app.cloud_code(), pytest.raises(ParseError) as refused:
        await Config.save(params, use_master_key=True)
    assert refused.value.code == code


async def test_a_file_is_saved_before(parse: LocalApp) -> None:
    with parse.app.cloud_code():
        file = File("logo.txt", b"logo")
        config = await Config.save({"logo": file}, use_master_key=True)

    assert config["logo"] == file
    assert str(file.url).startswith(f"{URL}/files/app/")


async def test_the_triggers_run(parse: LocalApp) -> None:
    seen: list[tuple[str, object, object, bool]] = []

    @parse.app.registry.before_save(Config)
    @parse.app.registry.after_save(Config)
    def watch(request: ConfigRequest) -> None:
        before = None if request.original is None else request.original.get("n")
        seen.append((request.trigger_name, request.object["n"], before, request.master))

    with parse.app.cloud_code():
        await Config.save({"n": 1}, use_master_key=True)
        await Config.save({"n": 2}, use_master_key=True)

    assert seen == [
        ("beforeSave", 1, None, True),
        ("afterSave", 1, None, True),
        ("beforeSave", 2, 1, True),
        ("afterSave", 2, 1, True),
    ]


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (ParseError(400, "mine"), {"code": 400, "error": "mine"}),
        (ValueError("text"), {"code": 141, "error": "text"}),
        (ValueError(), {"code": 141, "error": "Script failed. Unknown error."}),
    ],
)
@pytest.mark.parametrize("kind", ["beforeSave", "afterSave"])
async def test_errors_of_triggers(
    parse: LocalApp, kind: str, error: Exception, answer: object
) -> None:
    def refuse(_: ConfigRequest) -> None:
        raise error

    parse.app.registry.trigger(kind, Config)(refuse)

    refused = await parse.send("PUT", "/config", {"params": {"a": 1}}, master=True)

    assert (refused.status_code, refused.json()) == (400, answer)
    stored = (await parse.ok("GET", "/config"))["params"]
    assert stored == ({} if kind == "beforeSave" else {"a": 1})


async def test_validators_of_triggers(parse: LocalApp) -> None:
    ran: list[object] = []
    judging = Validator(fields=["a"], validate_master_key=True)
    parse.app.registry.before_save(Config, validator=judging)(ran.append)
    skipping = Validator(skip_with_master_key=True)
    parse.app.registry.after_save(Config, validator=skipping)(ran.append)

    refused = await parse.send("PUT", "/config", {"params": {"b": 1}}, master=True)
    await parse.ok("PUT", "/config", {"params": {"a": 1}}, master=True)

    assert refused.json()["error"] == "Validation failed. Please specify data for a."
    assert len(ran) == 1


async def test_a_function_reads_the_config_of_its_app(parse: LocalApp) -> None:
    @parse.app.registry.function("limit")
    async def limit(_: FunctionRequest) -> object:
        return (await Config.get(use_master_key=True)).get("limit")

    await parse.ok(
        "PUT", "/config", {"params": {"limit": 3}, "masterKeyOnly": {"limit": True}}, master=True
    )

    assert await parse.ok("POST", "/functions/limit", {}) == {"result": 3}


async def test_every_process_sees_the_config_as_it_is_stored(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/app.sqlite"
    async with local_app(databaseURI=uri) as one, local_app(databaseURI=uri) as other:
        for number in range(3):
            await one.ok("PUT", "/config", {"params": {"n": number}}, master=True)
            assert (await other.ok("GET", "/config"))["params"] == {"n": number}
            with other.app.cloud_code():
                assert (await Config.get())["n"] == number


def test_values_are_not_in_what_is_shown() -> None:
    assert repr(Config({"key": "secret"})) == "<Config ['key']>"
