"""What accounts and sessions there are, in a few lines: what the server is compared with."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Account:
    """`name` and `password` go together; an account may have an anonymous identity besides."""

    name: str | None = None
    password: str | None = None
    identity: str | None = None


@dataclass(slots=True)
class Model:
    """`sessions` holds valid ones only: token → account's id and installation; `ended` the tokens
    that were valid once, the latest last."""

    accounts: dict[str, Account] = field(default_factory=dict)
    sessions: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)

    def named(self, name: str) -> str | None:
        """The id of the account with exactly this name, as log-ins look for it."""
        return next((id_ for id_, each in self.accounts.items() if each.name == name), None)

    def is_taken(self, name: str, by_other_than: str | None = None) -> bool:
        """Names that differ in case only are one name to whoever wants a new one."""
        return any(
            each.name is not None and each.name.lower() == name.lower()
            for id_, each in self.accounts.items()
            if id_ != by_other_than
        )

    def owner_of(self, identity: str) -> str | None:
        return next((id_ for id_, each in self.accounts.items() if each.identity == identity), None)

    def enter(self, token: str, account_id: str, installation: str | None) -> None:
        """A log-in ends the earlier sessions of its installation."""
        if installation is not None:
            for other, where in list(self.sessions.items()):
                if where == (account_id, installation):
                    self.end(other)
        self.sessions[token] = (account_id, installation)

    def end(self, token: str) -> None:
        del self.sessions[token]
        self.ended.append(token)

    def end_all_of(self, account_id: str) -> None:
        for token, (owner, _) in list(self.sessions.items()):
            if owner == account_id:
                self.end(token)
