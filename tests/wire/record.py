"""`scripts/record-fixtures`: writes what the real parse-server answers into the fixtures."""

import argparse
import asyncio
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx

from tests.support.mongod import RunningMongod, running_mongod
from tests.support.reference import running_reference
from tests.wire.cases import FOLDER, Case, all_cases, load_case, save_case, with_cloud_code
from tests.wire.matching import differences
from tests.wire.normalising import recorded, requests_of
from tests.wire.player import DEFAULT_OPTIONS, MOUNT_PATH, Exchange, play

# After an answer of 500 the reference destroys the connection, maybe under the next request.
ONE_REQUEST_EACH = httpx.Limits(max_keepalive_connections=0)


def main() -> int:
    arguments = parse_arguments()
    cases = [load_case(FOLDER / f"{name}.json") for name in arguments.names] or all_cases()
    started = datetime.now(UTC).isoformat()
    failed = 0
    with tempfile.TemporaryDirectory() as folder, running_mongod(Path(folder)) as mongod:
        for case in cases:
            exchanges = asyncio.run(exchanges_with_reference(case, mongod))
            problems = verify(exchanges) if arguments.verify else []
            if not arguments.verify:
                record(case, exchanges, started)
            failed += bool(problems)
            print(f"{case.name}: {len(exchanges)} exchanges", *problems, sep="\n  ")
    return 1 if failed else 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/record-fixtures",
        description="Record compat_fixtures/ from the npm parse-server on a real MongoDB.",
    )
    parser.add_argument("names", nargs="*", help="fixtures such as queries/regex; default: all")
    parser.add_argument(
        "--verify", action="store_true", help="compare with what is recorded and write nothing"
    )
    return parser.parse_args()


async def exchanges_with_reference(case: Case, mongod: RunningMongod) -> list[Exchange]:
    """Play a case against a parse-server of its own with an empty database."""
    database = f"parsepy_fixtures_{uuid4().hex}"
    try:
        options = {**DEFAULT_OPTIONS, **with_cloud_code(case.options, ".cjs")}
        with running_reference(
            mongod.database_uri(database), options, mount_path=MOUNT_PATH
        ) as reference:
            try:
                async with httpx.AsyncClient(timeout=30, limits=ONE_REQUEST_EACH) as client:
                    return [exchange async for exchange in play(case, client, reference.url)]
            except Exception as error:
                error.add_note(f"{case.name}; the reference wrote:\n{reference.process.output}")
                raise
    finally:
        mongod.drop_database(database)


def record(case: Case, exchanges: list[Exchange], started: str) -> None:
    request_text = requests_of(case.steps)
    for exchange in exchanges:
        ours = exchange.step.pop("ours", None)
        exchange.step["response"] = recorded(exchange, request_text, started)
        if ours is not None:
            exchange.step["ours"] = ours
    save_case(case)


def verify(exchanges: list[Exchange]) -> list[str]:
    return [
        f"{exchange.step['name']}: {difference}"
        for exchange in exchanges
        for difference in differences(exchange, exchange.step["response"])
    ]


if __name__ == "__main__":
    sys.exit(main())
