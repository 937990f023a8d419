"""The names that cloud code imports."""

from types import FunctionType

import pytest

from parsepy import cloud
from parsepy.cloud import api


def test_every_name_of_the_api_is_the_packages() -> None:
    for name in api.__all__:
        assert getattr(cloud, name) is getattr(api, name), name
        assert vars(cloud)[name] is getattr(api, name), "looked for in every request"
    assert set(api.__all__) <= set(dir(cloud))


def test_a_function_wins_over_its_module_of_the_same_name() -> None:
    from parsepy.cloud.current import CloudApp

    assert CloudApp.__module__ == "parsepy.cloud.current"
    assert isinstance(cloud.current, FunctionType)


@pytest.mark.parametrize("name", ["nothing", "http_"])
def test_a_name_that_there_is_not_is_an_attribute_error(name: str) -> None:
    with pytest.raises(AttributeError, match=f"module 'parsepy.cloud' has no attribute '{name}'"):
        getattr(cloud, name)
