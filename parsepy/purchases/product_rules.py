"""What is special about writing `_Product`."""

from parsepy.objects.ports import ClassRules
from parsepy.objects.write_state import Write


class ProductRules(ClassRules):
    """`downloadName` is the name of the file that buyers get."""

    async def before_insert(self, write: Write) -> None:
        _name_download(write)

    async def before_modify(self, write: Write) -> None:
        _name_download(write)


def _name_download(write: Write) -> None:
    download = write.value_of("download")
    if isinstance(download, dict):
        write.set("downloadName", download.get("name"))
