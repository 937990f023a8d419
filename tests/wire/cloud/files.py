"""Triggers of files for the fixtures in compat_fixtures/files; files.cjs is the same for
parse-server."""

from parsepy import cloud
from parsepy.cloud import File, FileRequest, FunctionRequest, ParseError

seen: list[object] = []


def note(request: FileRequest) -> None:
    file = request.file
    seen.append(
        {
            "triggerName": request.trigger_name,
            "name": file.name,
            "url": file.url,
            "size": request.file_size,
            "stream": request.stream,
            "master": request.master,
            "metadata": file.metadata,
            "tags": file.tags,
            "directory": file.directory,
        }
    )


@cloud.function("seen")
async def take_seen(_: FunctionRequest) -> list[object]:
    taken = seen[:]
    seen.clear()
    return taken


@cloud.before_save(File)
async def before_save(request: FileRequest) -> File | None:
    file = request.file
    note(request)
    match file.name:
        case "renamed.txt":
            return File("new.txt", await file.data())
        case "replaced.txt":
            return File("other.csv", b"a;b", metadata={"by": "trigger"})
        case "described.txt":
            file.metadata["by"] = "trigger"
            file.tags["tag"] = "x"
        case "moved.txt":
            file.directory = "deep/er"
        case "elsewhere.txt":
            return File("there.txt", url="http://somewhere.test/there.txt")
        case "refused.txt":
            raise ValueError("refused")
        case "coded.txt":
            raise ParseError(999, "not today")
        case "silent.txt":
            raise ValueError
    return None


@cloud.after_save(File)
async def after_save(request: FileRequest) -> None:
    note(request)
    if request.file.name == "late.txt":
        raise ValueError("too late")


@cloud.before_delete(File)
async def before_delete(request: FileRequest) -> None:
    note(request)
    match request.file.name:
        case "kept.txt":
            raise ValueError("kept")
        case "silent.txt":
            raise ValueError


@cloud.after_delete(File)
async def after_delete(request: FileRequest) -> None:
    note(request)
    if request.file.name == "gone.txt":
        raise ParseError(999, "gone already")


@cloud.before_find(File)
async def before_find(request: FileRequest) -> object:
    match request.file.name:
        case "pointing.txt":
            return {"file": File("new.txt")}
        case "closed.txt":
            raise ValueError("closed")
        case "coded.txt":
            raise ParseError(101, "nothing here")
        case "silent.txt":
            raise ValueError
    return None


@cloud.after_find(File)
async def after_find(request: FileRequest) -> object:
    match request.file.name:
        case "hidden.txt":
            raise ValueError("hidden")
        case "changed.txt":
            return {"file": File("c.csv", b"c;d")}
        case "saved.txt":
            request.force_download = True
            request.response_headers["X-Mine"] = "yes"
    return None
