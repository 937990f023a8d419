"""The unchanged JavaScript SDK tells its story to a parsepy process, on every store."""

import os
from pathlib import Path

import pytest

from tests.sdk.conftest import StoryServer
from tests.sdk.stories import STORIES, failures, run_story
from tests.support.availability import MissingComponentError, component_missing


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.stem)
def test_every_step_of_the_story_passes(story: Path, story_server: StoryServer) -> None:
    story_server.parsepy.reset()

    try:
        steps = run_story(story, _environment(story_server))
    except MissingComponentError as missing:
        component_missing(missing)

    failed = failures(steps)
    assert not failed, f"{story.stem}:\n{failed}"


def _environment(server: StoryServer) -> dict[str, str]:
    parsepy = server.parsepy
    return {
        "PATH": os.environ["PATH"],
        "PARSE_SERVER_URL": parsepy.url,
        "PARSE_APP_ID": parsepy.keys.app_id,
        "PARSE_JAVASCRIPT_KEY": parsepy.keys.javascript_key,
        "PARSE_MASTER_KEY": parsepy.keys.master_key,
        "PARSE_MAILS": str(server.mails),
    }
