"""What the iOS, Android, JavaScript, Flutter and .NET SDKs send, replayed on every store."""

import pytest

from tests.exchanges.cloud_code import register
from tests.exchanges.files import ExchangeFile, exchange_files
from tests.exchanges.not_yet import NOT_YET
from tests.exchanges.player import play
from tests.support.parsepy_server import RunningParsepy


@pytest.mark.parametrize("exchange", exchange_files(), ids=lambda exchange: exchange.name)
def test_every_step_passes_unless_it_is_listed(
    exchange: ExchangeFile, parsepy: RunningParsepy, cloud_code: str
) -> None:
    parsepy.reset()
    register(parsepy.control_url, cloud_code)
    waiting = NOT_YET.get(exchange.name, {})

    outcomes = play(exchange, parsepy)

    failed = [
        f"- {name}: {failure}"
        for name, failure in outcomes.items()
        if failure is not None and name not in waiting
    ]
    passed = [f"- {name}: passes now" for name in waiting if outcomes[name] is None]
    problems = "\n".join([*failed, *passed])
    assert not problems, f"{exchange.name}:\n{problems}"


def test_every_file_is_there_and_its_steps_have_names_of_their_own() -> None:
    files = {exchange.name: exchange for exchange in exchange_files()}

    assert files.keys() == {"android", "dotnet", "flutter", "ios", "js"}
    for exchange in files.values():
        names = [step["name"] for step in exchange.steps]
        assert len(set(names)) == len(names), exchange.name


def test_the_list_names_steps_that_exist() -> None:
    steps = {
        (exchange.name, step["name"]) for exchange in exchange_files() for step in exchange.steps
    }
    listed = {(file, name) for file, names in NOT_YET.items() for name in names}

    assert listed <= steps
