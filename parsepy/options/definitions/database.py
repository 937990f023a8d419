"""The store, the schema and queries."""

from typing import Final

from parsepy.options.definition import (
    Group,
    Option,
    Section,
    adapter,
    function,
    items,
    mapping,
    number,
    switch,
    text,
)
from parsepy.options.definitions.database_driver import DATABASE_OPTIONS

DEFAULT_DATABASE_URI: Final = "sqlite:///parse-data/parse.sqlite"

SCHEMA: Final = Group(
    "SchemaOptions",
    "PARSE_SERVER_SCHEMA",
    (
        function("afterMigration", "Called after the migration.", supported=True),
        function("beforeMigration", "Called before the migration.", supported=True),
        items(
            "definitions",
            "Class definitions in the form of the schema API.",
            [],
            required=True,
            supported=True,
        ),
        switch(
            "deleteExtraFields", "Drops fields that no definition names.", False, supported=True
        ),
        switch(
            "keepUnknownIndexes", "Keeps indexes that no definition names.", False, supported=True
        ),
        switch(
            "lockSchemas",
            "Refuses schema changes while running.",
            False,
            supported=True,
            production=True,
        ),
        switch(
            "recreateModifiedFields",
            "Drops and adds a field whose type changed.",
            False,
            supported=True,
        ),
        switch("strict", "Ends the process when the migration fails.", False, supported=True),
    ),
)

QUERY: Final = Group(
    "QueryServerOptions",
    "PARSE_SERVER_QUERY",
    (
        switch(
            "aggregationRawFieldNames",
            "Pipelines name fields as they are stored.",
            False,
            supported=True,
        ),
        switch(
            "aggregationRawValues",
            "Pipelines hold values as Extended JSON.",
            False,
            supported=True,
        ),
    ),
)

_ROWS: Final[tuple[Option, ...]] = (
    text(
        "databaseURI",
        "`mongodb://…`, `mongodb+srv://…`, `sqlite:///path` or `sqlite::memory:`.",
        DEFAULT_DATABASE_URI,
        supported=True,
        production=True,
    ),
    adapter("databaseAdapter", "A storage adapter of your own."),
    mapping(
        "databaseOptions",
        "Settings of the store; what is not listed goes to the MongoDB driver.",
        supported=True,
        production=True,
        members=DATABASE_OPTIONS,
    ),
    text("collectionPrefix", "Put before each collection name.", "", supported=True),
    switch(
        "allowClientClassCreation",
        "Lets clients create classes by saving to them.",
        False,
        supported=True,
        production=True,
    ),
    switch("allowCustomObjectId", "Lets clients choose the objectId.", False, supported=True),
    number("objectIdSize", "Length of generated ids.", 10, supported=True),
    mapping("schema", "Classes as code, and their migration.", supported=True, members=SCHEMA),
    switch(
        "enableCollationCaseComparison",
        "Leaves letter case to the collation of the database.",
        False,
        supported=True,
    ),
    mapping("query", "Defaults of aggregation.", {}, supported=True, members=QUERY),
    number("defaultLimit", "Rows of a query that names no limit.", 100, supported=True),
    number("maxLimit", "Most rows of any query.", supported=True, production=True),
)

DATABASE: Final = Section("Database and schema", _ROWS)
