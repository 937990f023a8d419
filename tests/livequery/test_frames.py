"""What the server says: exactly these keys, and no spaces."""

from parsepy.livequery import frames
from parsepy.livequery.judging import Event

HEAD = frames.head("c1", None)


def test_a_head_names_the_installation_only_where_the_client_did() -> None:
    assert frames.connected(HEAD) == b'{"op":"connected","clientId":"c1"}'
    assert frames.connected(frames.head("c1", 'i"1')) == (
        b'{"op":"connected","clientId":"c1","installationId":"i\\"1"}'
    )


def test_frames_about_a_subscription_begin_alike() -> None:
    head = HEAD + b',"requestId":7'

    assert frames.subscribed(head) == b'{"op":"subscribed","clientId":"c1","requestId":7}'
    assert frames.unsubscribed(head) == b'{"op":"unsubscribed","clientId":"c1","requestId":7}'
    assert frames.subscribed(head, "s-4", resumed=False) == (
        b'{"op":"subscribed","clientId":"c1","requestId":7,"position":"s-4","resumed":false}'
    )


def test_an_event_shows_the_object_and_the_one_before() -> None:
    body = frames.event_body("Game", {"objectId": "x", "a": 1}, {"objectId": "x"})

    assert frames.event(Event.UPDATE, HEAD, body) == (
        b'{"op":"update","clientId":"c1","object":{"objectId":"x","a":1,"__type":"Object",'
        b'"className":"Game"},"original":{"objectId":"x","__type":"Object","className":"Game"}}'
    )
    assert frames.event(Event.CREATE, HEAD, frames.event_body("Game", {}, None), "s-1") == (
        b'{"op":"create","clientId":"c1","position":"s-1","object":{"__type":"Object",'
        b'"className":"Game"}}'
    )


def test_an_error_has_all_keys_that_readers_need() -> None:
    assert frames.error(2, "no") == (
        b'{"op":"error","error":"no","code":2,"reconnect":true,"requestId":null}'
    )
    assert frames.error(119, "no", reconnect=False, request_id=3) == (
        b'{"op":"error","error":"no","code":119,"reconnect":false,"requestId":3}'
    )


def test_a_shown_object_is_cut_to_the_keys() -> None:
    assert frames.cut({"a": 1, "b": 2}, None) == {"a": 1, "b": 2}
    assert frames.cut({"a": 1, "b": 2}, frozenset(("b", "c"))) == {"b": 2}
