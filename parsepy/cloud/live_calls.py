"""What cloud code asks of LiveQuery."""

from copy import deepcopy

from parsepy import errors
from parsepy.cloud.current import current
from parsepy.cloud.objects import Object
from parsepy.livequery.ports import LiveFigures
from parsepy.objects import publish as publishing
from parsepy.objects.context import RequestContext
from parsepy.permissions.caller import MASTER
from parsepy.types import ParseObject


async def publish(one: Object, original: Object | None = None, *, deleted: bool = False) -> None:
    """Tells subscribers of an object that something else than a save has changed: a program that
    writes to the database, an import. `one` and `original`, the object before, have to be whole.

    Raises `ParseError` 104 for an object without an id, and `ValueError` for a class whose changes
    this server does not publish.
    """
    app = current()
    if not app.objects.publisher.wants(one.class_name):
        raise ValueError(f"Changes of {one.class_name} are not published: see option liveQuery.")
    schema = await app.objects.schemas.get(one.class_name)
    ctx = RequestContext(app.objects, MASTER)
    shown = publishing.published(ctx, schema, _document(one))
    if deleted:
        await app.objects.publisher.deleted(schema, shown)
        return
    before = None if original is None else publishing.published(ctx, schema, _document(original))
    await app.objects.publisher.saved(schema, shown, before)


def live_query_figures() -> LiveFigures:
    """How busy this process's LiveQuery is, for whatever watches the server."""
    return current().live_figures()


def _document(one: Object) -> ParseObject:
    if one.object_id is None:
        raise errors.ParseError(errors.Code.MISSING_OBJECT_ID, "The object has no id.")
    return deepcopy(one.to_json())
