"""Application id, keys, and the addresses that may use them."""

from collections.abc import Mapping

from parsepy.options.errors import OptionsError
from parsepy.options.ip_list import IpList
from parsepy.options.validation.rules import is_array, is_set, require

IP_LISTS = ("masterKeyIps", "maintenanceKeyIps", "readOnlyMasterKeyIps")


def check_required(values: Mapping[str, object]) -> None:
    require(is_set(values.get("appId")), "You must provide an appId!")
    require(is_set(values.get("masterKey")), "You must provide a masterKey!")
    require(is_set(values.get("serverURL")), "You must provide a serverURL!")


def check_keys_differ(values: Mapping[str, object]) -> None:
    master_key = values["masterKey"]
    if callable(master_key):
        raise OptionsError("A masterKey function is not supported yet; give masterKey as a string.")
    for name in ("readOnlyMasterKey", "maintenanceKey"):
        require(values.get(name) != master_key, f"masterKey and {name} should be different")


def check_ip_lists(values: Mapping[str, object]) -> None:
    for name in IP_LISTS:
        entries = values[name]
        if is_array(entries):
            IpList.parse(name, entries)
