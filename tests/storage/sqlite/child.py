"""What the tests run in processes of their own: `python -m tests.storage.sqlite.child …`."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from itertools import count

from parsepy.protocol.operations import Increment, SetValue
from parsepy.storage.sqlite import SQLiteStorage
from tests.contract.samples import EVERY_TYPE, is_object, thing

TASKS = 20
ENOUGH = 600
ENOUGH_PAIRS = 150


async def write_until_killed(location: str, acknowledgements: str) -> None:
    """Writes a line for each answered write; says `enough` after some hundreds of them."""
    store = SQLiteStorage(location)
    await store.start()
    answered = count(1)
    log = os.open(acknowledgements, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def acknowledge(line: str) -> None:
        os.write(log, f"{line}\n".encode())
        if next(answered) == ENOUGH:
            print("enough", flush=True)

    async def write(task: int) -> None:
        for number in count():
            object_id = f"{task}-{number}"
            await store.insert(EVERY_TYPE, thing(object_id, number=0))
            acknowledge(f"inserted {object_id}")
            await store.update(EVERY_TYPE, is_object(object_id), {"number": SetValue(1)})
            acknowledge(f"updated {object_id}")

    await asyncio.gather(*map(write, range(TASKS)))


async def write_pairs_until_killed(location: str, acknowledgements: str) -> None:
    """As `write_until_killed`: in each transaction two objects, one of them changed again."""
    store = SQLiteStorage(location)
    await store.start()
    answered = count(1)
    log = os.open(acknowledgements, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    async def write(task: int) -> None:
        for number in count():
            name = f"{task}-{number}"
            async with store.transaction():
                await store.insert(EVERY_TYPE, thing(f"{name}-a", number=0))
                await store.insert(EVERY_TYPE, thing(f"{name}-b"))
                await store.update(EVERY_TYPE, is_object(f"{name}-a"), {"number": SetValue(1)})
            os.write(log, f"{name}\n".encode())
            if next(answered) == ENOUGH_PAIRS:
                print("enough", flush=True)

    await asyncio.gather(*map(write, range(TASKS)))


async def write_beside_others(location: str, name: str, times: str) -> None:
    """Inserts objects of its own and increments one that all processes share."""
    store = SQLiteStorage(location)
    await store.start()
    await store.insert_many(EVERY_TYPE, [thing("shared", number=0)])

    async def write(number: int) -> None:
        await store.insert(EVERY_TYPE, thing(f"{name}-{number}"))
        await store.update(EVERY_TYPE, is_object("shared"), {"number": Increment(1)})

    await asyncio.gather(*map(write, range(int(times))))
    await store.close()


if __name__ == "__main__":
    role, *arguments = sys.argv[1:]
    roles: dict[str, Callable[..., Coroutine[None, None, None]]] = {
        "until-killed": write_until_killed,
        "pairs-until-killed": write_pairs_until_killed,
        "beside-others": write_beside_others,
    }
    asyncio.run(roles[role](*arguments))
