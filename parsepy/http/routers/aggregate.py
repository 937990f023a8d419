"""`/aggregate/<Class>`: pipelines and distinct values, for the master key."""

from parsepy import errors
from parsepy.aggregation.pipeline import decode_aggregate
from parsepy.http.answer import Answer
from parsepy.http.request import Request
from parsepy.http.routing import Routes
from parsepy.objects.aggregate import aggregate as aggregate_objects


async def aggregate(request: Request) -> Answer:
    caller, options = request.ctx.caller, request.services.options
    if not caller.is_master:
        raise errors.master_key_required()
    if caller.is_read_only and not options.allow_aggregation_for_read_only_master_key:
        raise errors.aggregation_closed()
    parameters = decode_aggregate(
        request.parameters,
        raw_values=options.aggregation.raw_values,
        raw_field_names=options.aggregation.raw_field_names,
    )
    return Answer(
        {"results": await aggregate_objects(request.ctx, request.segments[1], parameters)}
    )


ROUTES: Routes = {("GET", 1): aggregate}
