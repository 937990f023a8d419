"""What a plan says has to change, for a store that has a class and for one that has not."""

import pytest

from parsepy.errors import ParseError
from parsepy.protocol.field_types import DATE, GEO_POINT, NUMBER, POLYGON, STRING, FieldType
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.schema.definitions import (
    Definitions,
    Plan,
    StoredClass,
    check_names,
    plan_class,
    plan_undefined,
    read_definitions,
    undefined_warning,
)
from parsepy.schema.index_options import IndexOptions
from parsepy.types import JSONObject

CLOSED: JSONObject = {"addField": {}}
DELETE: JSONObject = {"__op": "Delete"}
PLAIN = Definitions()
UNIQUE = IndexOptions(unique=True)


def _stored(
    fields: dict[str, Field] | None = None,
    *,
    name: str = "Game",
    permissions: JSONObject | None = CLOSED,
    indexes: dict[str, JSONObject] | None = None,
    options: dict[str, IndexOptions] | None = None,
) -> StoredClass:
    definition = ClassDefinition(name, fields or {}, permissions, indexes or {})
    return StoredClass(ClassSchema(definition), options or {})


def _game(**parts: JSONObject) -> JSONObject:
    return {"className": "Game", **parts}


def _bodies(plan: Plan) -> list[JSONObject]:
    return [step.body for step in plan.steps]


def _told(plan: Plan) -> list[str]:
    return [told for step in plan.steps for told in step.tells]


# -- a class that is not there


def test_a_new_class_is_made_with_all_that_is_defined() -> None:
    definition = _game(
        fields={"score": {"type": "Number", "defaultValue": 0}, "createdAt": {"type": "Object"}},
        indexes={"by_score": {"score": 1}, "_id_": {"score": 1}},
        indexOptions={"by_score": {"unique": True}},
        classLevelPermissions={"find": {"*": True}, "addField": {"*": True}},
    )

    (step,) = plan_class(definition, None, PLAIN).steps

    assert step.creates
    assert step.body == {
        "className": "Game",
        "fields": {"score": {"type": "Number", "defaultValue": 0}},
        "indexes": {"by_score": {"score": 1}},
        "indexOptions": {"by_score": {"unique": True}},
        "classLevelPermissions": {"find": {"*": True}, "addField": {}},
    }


def test_a_class_without_permissions_is_closed_and_that_is_told() -> None:
    plan = plan_class(_game(), None, PLAIN)

    assert plan.steps[0].body["classLevelPermissions"] == CLOSED
    assert plan.warnings == (
        "Game is defined without classLevelPermissions: only the master key reaches it",
    )


# -- fields


def test_a_class_that_fits_needs_nothing() -> None:
    stored = _stored(
        {"score": Field(NUMBER, required=True, default=1)},
        indexes={"_id_": {"_id": 1}, "by_score": {"score": 1}},
        options={"by_score": UNIQUE},
    )
    definition = _game(
        fields={"score": {"type": "Number", "required": True, "defaultValue": 1.0}},
        indexes={"by_score": {"score": 1}},
        indexOptions={"by_score": {"unique": True}},
    )

    assert plan_class(definition, stored, PLAIN) == Plan()


def test_fields_that_lack_are_added_and_options_changed() -> None:
    stored = _stored({"title": Field(STRING), "score": Field(NUMBER, default=1)})
    fields: JSONObject = {
        "title": {"type": "String", "required": True},
        "score": {"type": "Number"},
        "owner": {"type": "Pointer", "targetClass": "_User"},
    }

    plan = plan_class(_game(fields=fields), stored, PLAIN)

    assert _bodies(plan) == [{"fields": fields}]
    assert _told(plan) == [
        "changes the options of field title",
        "changes the options of field score",
        "adds field owner (Pointer<_User>)",
    ]


def test_fields_of_the_system_are_never_touched() -> None:
    stored = _stored(name="_User")
    definition: JSONObject = {
        "className": "_User",
        "fields": {"email": "Object", "objectId": {"type": "Number"}, "nick": {"type": "String"}},
    }
    everything = Definitions(delete_extra_fields=True, recreate_modified_fields=True)

    assert _bodies(plan_class(definition, stored, everything)) == [
        {"fields": {"nick": {"type": "String"}}}
    ]


def test_extra_fields_go_only_where_that_is_asked_for() -> None:
    stored = _stored({"old": Field(STRING), "kept": Field(STRING)})
    definition = _game(fields={"kept": {"type": "String"}})

    assert plan_class(definition, stored, PLAIN) == Plan()
    assert plan_class(definition, stored, Definitions(strict=True)).warnings == (
        "fields of Game without a definition: old",
    )
    plan = plan_class(definition, stored, Definitions(delete_extra_fields=True))
    assert _bodies(plan) == [{"fields": {"old": DELETE}}]
    assert _told(plan) == ["deletes field old"]


def test_a_field_of_another_type_is_made_anew_only_where_that_is_asked_for() -> None:
    stored = _stored({"score": Field(STRING)})
    definition = _game(fields={"score": {"type": "Number"}})

    assert plan_class(definition, stored, PLAIN) == Plan()
    assert plan_class(definition, stored, Definitions(strict=True)).warnings == (
        "field score of Game is defined as Number and stored as String",
    )
    plan = plan_class(definition, stored, Definitions(recreate_modified_fields=True))
    assert _bodies(plan) == [
        {"fields": {"score": DELETE}},
        {"fields": {"score": {"type": "Number"}}},
    ]
    assert _told(plan) == ["deletes field score (String) and adds it as Number"]


def test_another_target_is_another_type() -> None:
    stored = _stored({"owner": Field(FieldType("Pointer", "Team"))})
    definition = _game(fields={"owner": {"type": "Pointer", "targetClass": "_User"}})
    plan = plan_class(definition, stored, Definitions(recreate_modified_fields=True))

    assert _bodies(plan)[0] == {"fields": {"owner": DELETE}}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"a": {"type": "Wonder"}}, 111),
        ({"a": "String"}, 107),
        ({"a": {"type": "Pointer"}}, 135),
        ({"a": {"type": "Number", "defaultValue": "1"}}, 111),
    ],
)
def test_a_wrong_definition_is_refused_as_the_schema_api_does(
    fields: JSONObject, code: int
) -> None:
    with pytest.raises(ParseError) as refused:
        plan_class(_game(fields=fields), _stored(), PLAIN)
    assert refused.value.code == code


# -- indexes


def test_indexes_come_go_and_change() -> None:
    stored = _stored(
        {"a": Field(NUMBER), "b": Field(NUMBER)},
        indexes={
            "_id_": {"_id": 1},
            "old": {"a": 1},
            "other": {"b": 1},
            "turned": {"a": 1, "b": 1},
        },
    )
    definition = _game(
        fields={"a": {"type": "Number"}, "b": {"type": "Number"}},
        indexes={"new": {"a": -1}, "other": {"b": 1}, "turned": {"b": 1, "a": 1}},
        indexOptions={"other": {"unique": True}, "new": {"sparse": True}},
    )

    plan = plan_class(definition, stored, PLAIN)

    assert _bodies(plan) == [
        {
            "indexes": {"old": DELETE, "other": DELETE, "turned": DELETE, "new": {"a": -1}},
            "indexOptions": {"new": {"sparse": True}},
        },
        {
            "indexes": {"other": {"b": 1}, "turned": {"b": 1, "a": 1}},
            "indexOptions": {"other": {"unique": True}},
        },
    ]
    assert _told(plan) == [
        "adds index new",
        "makes index other anew",
        "makes index turned anew",
        "drops index old",
    ]


def test_unknown_indexes_may_stay() -> None:
    stored = _stored({"a": Field(NUMBER)}, indexes={"old": {"a": 1}})
    definition = _game(fields={"a": {"type": "Number"}})

    assert plan_class(definition, stored, Definitions(keep_unknown_indexes=True)) == Plan()
    assert _bodies(plan_class(definition, stored, PLAIN)) == [{"indexes": {"old": DELETE}}]


@pytest.mark.parametrize(
    ("class_name", "index"),
    [
        ("_User", "username_1"),
        ("_User", "email_1"),
        ("_User", "case_insensitive_email"),
        ("_User", "_perishable_token"),
        ("_User", "_auth_data_anonymous_id"),
        ("_Role", "name_1"),
        ("_Session", "session_token"),
    ],
)
def test_the_servers_own_indexes_stay(class_name: str, index: str) -> None:
    stored = _stored(name=class_name, indexes={"_id_": {"_id": 1}, index: {"x": 1}})

    assert plan_class({"className": class_name}, stored, PLAIN) == Plan()
    assert plan_class({"className": class_name, "indexes": {index: {"y": 1}}}, stored, PLAIN) == (
        Plan()
    )


def test_indexes_that_a_field_brings_with_it_stay() -> None:
    fields = {"area": Field(POLYGON), "place": Field(GEO_POINT), "words": Field(STRING)}
    stored = _stored(
        fields,
        indexes={
            "area_2dsphere": {"area": "2dsphere"},
            "place_2d": {"place": "2d"},
            "words_text": {"words": "text"},
        },
    )
    definition = _game(fields={name: {"type": field.type.name} for name, field in fields.items()})

    assert plan_class(definition, stored, PLAIN) == Plan()


def test_a_text_index_has_no_order_of_fields() -> None:
    stored = _stored({"a": Field(STRING), "b": Field(NUMBER)}, indexes={"i": {"b": 1, "a": "text"}})
    definition = _game(
        fields={"a": {"type": "String"}, "b": {"type": "Number"}},
        indexes={"i": {"a": "text", "b": 1}},
    )

    assert plan_class(definition, stored, PLAIN) == Plan()


# -- permissions


def test_permissions_are_set_where_they_differ() -> None:
    stored = _stored(permissions={"find": {"*": True}, "addField": {}})

    plan = plan_class(_game(classLevelPermissions={"get": {"*": True}}), stored, PLAIN)

    assert _bodies(plan) == [{"classLevelPermissions": {"get": {"*": True}, "addField": {}}}]
    assert _told(plan) == ["sets classLevelPermissions"]


def test_clients_add_no_fields_to_a_class_without_a_definition() -> None:
    (open_step,) = plan_undefined(_stored(permissions=None)).steps
    (given_step,) = plan_undefined(_stored(permissions={"find": {"role:a": True}})).steps

    opened, given = (step.body["classLevelPermissions"] for step in (open_step, given_step))
    assert isinstance(opened, dict)
    assert isinstance(given, dict)
    assert opened["find"] == {"*": True}
    assert opened["addField"] == given["addField"] == {}
    assert given["find"] == {"role:a": True}
    assert given["get"] == {}
    assert plan_undefined(_stored(permissions=opened)) == Plan()
    assert plan_undefined(_stored(permissions=given)) == Plan()


# -- the whole


def test_strict_names_the_classes_without_a_definition() -> None:
    stored = [_stored(), _stored(name="Other"), _stored(name="_User")]
    strict = Definitions(({"className": "Game"},), strict=True)

    assert undefined_warning(strict, stored).warnings == ("classes without a definition: Other",)
    assert undefined_warning(Definitions(strict.classes), stored) == Plan()


@pytest.mark.parametrize(
    ("classes", "code"),
    [
        (({"className": "A"}, {"className": "B"}, {"className": "A"}), 103),
        (({"fields": {}},), 135),
        (({"className": 5},), 135),
    ],
)
def test_every_definition_has_a_name_of_its_own(classes: tuple[JSONObject, ...], code: int) -> None:
    with pytest.raises(ParseError) as refused:
        check_names(Definitions(classes))
    assert refused.value.code == code


def test_the_option_is_read() -> None:
    def hook() -> None: ...

    definitions = read_definitions(
        {
            "definitions": [{"className": "Game"}],
            "strict": True,
            "deleteExtraFields": True,
            "recreateModifiedFields": True,
            "keepUnknownIndexes": True,
            "beforeMigration": hook,
            "afterMigration": hook,
        }
    )

    assert definitions == Definitions(({"className": "Game"},), True, True, True, True, hook, hook)
    assert read_definitions({}) == Definitions()


def test_dates_by_default_are_compared_as_they_are_stored() -> None:
    stored = _stored(
        {"day": Field(DATE, default={"__type": "Date", "iso": "2024-01-02T03:04:05.000Z"})}
    )
    default: JSONObject = {"__type": "Date", "iso": "2024-01-02T03:04:05Z"}

    assert (
        plan_class(_game(fields={"day": {"type": "Date", "defaultValue": default}}), stored, PLAIN)
        == Plan()
    )
