"""Functions and triggers with validators, for the fixtures in compat_fixtures/validators;
guarded.cjs is the same for parse-server."""

from typing import Any

from parsepy import cloud
from parsepy.cloud import (
    Config,
    Field,
    File,
    FindRequest,
    FunctionRequest,
    ParseError,
    TriggerRequest,
    User,
    Validator,
)


def guarded(name: str, validator: Validator) -> None:
    @cloud.function(name, validator=validator)
    def run() -> str:
        return "ran"


def echo(name: str, **fields: Field) -> None:
    @cloud.function(name, validator=Validator(fields=fields))
    def run(request: FunctionRequest) -> object:
        return request.params


def writers() -> list[str]:
    return ["Writer"]


async def both_roles() -> list[str]:
    return ["Reader", "Writer"]


def is_high(value: Any) -> bool:
    return isinstance(value, int) and value > 3


async def judge(value: object) -> object:
    match value:
        case "text":
            raise ValueError("a text")
        case "error":
            raise RuntimeError("an error")
        case "code":
            raise ParseError(999, "mine")
        case "silent":
            raise ValueError
    return {"no": False, "zero": 0, "none": None, "yes": True}.get(str(value))


def decide(request: FunctionRequest) -> bool:
    match request.params.get("how"):
        case "text":
            raise ValueError("a text")
        case "error":
            raise RuntimeError("an error")
        case "code":
            raise ParseError(500, "mine")
        case "silent":
            raise ValueError
    return False


guarded("anyRole", Validator(require_any_user_roles=["Reader", "Writer"]))
guarded("allRoles", Validator(require_all_user_roles=["Reader", "Writer"]))
guarded("anyRoleAsked", Validator(require_any_user_roles=writers))
guarded("allRolesAsked", Validator(require_all_user_roles=both_roles))
guarded("listedKeys", Validator(require_user_keys=["nick", "level"]))
guarded(
    "judgedKeys",
    Validator(
        require_user_keys={
            "nick": Field(options=["a", "b"]),
            "level": Field(options=is_high, error="too low"),
        }
    ),
)
guarded("userAlsoForMaster", Validator(require_user=True, validate_master_key=True))
guarded("fieldAlsoForMaster", Validator(fields=["a"], validate_master_key=True))
guarded("skipped", Validator(require_user=True, skip_with_master_key=True))
guarded("both", Validator(require_user=True, require_master=True, fields=["a"]))
guarded("decided", Validator(function=decide))

echo("single", a=Field(options=5))
echo("list", a=Field(options=[1, "x", True], error="one of three"))
echo("judged", a=Field(options=judge))
echo(
    "typed",
    string=Field(type=str),
    number=Field(type=int),
    boolean=Field(type=bool),
    array=Field(type=list),
    object=Field(type=dict),
)
echo(
    "defaults",
    zero=Field(default=0),
    no=Field(default=False),
    list=Field(default=[1]),
    text=Field(default=""),
)
echo("requiredDefault", a=Field(required=True, default=1, type=int, options=[1, 2]))
echo("constant", a=Field(constant=True, default=1))


def note(request: TriggerRequest) -> None:
    request.object.set("ran", True)


def leave(_request: object) -> None:
    pass


def leave_the_open_ones(request: FindRequest) -> None:
    request.query.equal_to("open", True)


def leave_none(_request: FindRequest) -> list[object]:
    return []


for name, validator in {
    "ForUsers": Validator(require_user=True),
    "ForMaster": Validator(require_master=True),
    "ForWriters": Validator(require_any_user_roles=["Writer"]),
    "Listed": Validator(fields=["a"]),
    "Skipping": Validator(skip_with_master_key=True),
    "Judged": Validator(fields=["a"], validate_master_key=True),
}.items():
    cloud.before_save(name, validator=validator)(note)

SHAPED = Validator(
    fields={
        "needed": Field(required=True, type=str),
        "given": Field(default="x"),
        "kept": Field(constant=True, default=1),
        "fixed": Field(constant=True),
        "option": Field(options=["a", "b"]),
    }
)
cloud.before_save("Shaped", validator=SHAPED)(leave)


def judge_object(request: TriggerRequest) -> None:
    match request.object.get("how"):
        case "text":
            raise ValueError("a text")
        case "code":
            raise ParseError(999, "mine")


cloud.before_save("Decided", validator=Validator(function=judge_object))(leave)


@cloud.after_save("Saved", validator=Validator(fields=["a"]))
def tell(request: TriggerRequest) -> None:
    request.object.set("seen", True)


cloud.before_delete("Deleted", validator=Validator(require_user=True))(leave)
cloud.after_delete("After", validator=Validator(require_user=True))(leave)
cloud.before_find("Found", validator=Validator(require_user=True))(leave_the_open_ones)
cloud.before_find("FoundOf", validator=Validator(fields=["a"]))(leave)
cloud.before_find("FoundSkipping", validator=Validator(skip_with_master_key=True))(
    leave_the_open_ones
)
cloud.after_find("Results", validator=Validator(require_user=True))(leave_none)
cloud.after_find("ResultsSkipping", validator=Validator(skip_with_master_key=True))(leave_none)
cloud.before_save(User, validator=Validator(require_user=True, require_user_keys=["nick"]))(leave)
cloud.before_save(Config, validator=Validator(fields=["a"], validate_master_key=True))(leave)
cloud.before_save(File, validator=Validator(require_user=True))(leave)
