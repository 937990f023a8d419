"""What the rooms of accounts send their mails through."""

import logging
from functools import partial

from parsepy.email.adapter import Adapter
from parsepy.email.addresses import plain_address
from parsepy.email.base import Letter, Message
from parsepy.email.letters import Letters
from parsepy.email.mail import Kind, Mail, new_mail
from parsepy.email.mime import check_message
from parsepy.email.outbox import Outbox
from parsepy.email.retry import Retry
from parsepy.email.scrubbing import reason_of
from parsepy.errors import ParseError
from parsepy.storage.base import Storage
from parsepy.storage.transaction import Transaction

_log = logging.getLogger(__name__)


class AppMailer:
    """The `Mailer` of one app. A mail that is asked for in a transaction goes out if that is kept.

    A request waits until the mail is in the store, or for an adapter that is not `queued`.
    """

    def __init__(self, adapter: Adapter, letters: Letters, storage: Storage, retry: Retry) -> None:
        self.adapter = adapter
        self._letters = letters
        self._storage = storage
        self._outbox = (
            Outbox(storage, self._hand_over, timeout=adapter.timeout, retry=retry)
            if adapter.queued
            else None
        )

    async def start(self) -> None:
        """Once the store is started."""
        if self._outbox is not None:
            await self._outbox.start()

    async def close(self) -> None:
        """While the store is still open."""
        if self._outbox is not None:
            await self._outbox.close()

    async def send_verification(self, letter: Letter) -> None:
        await self._send_letter(Kind.VERIFICATION, letter)

    async def send_password_reset(self, letter: Letter) -> None:
        await self._send_letter(Kind.PASSWORD_RESET, letter)

    async def send(self, message: Message) -> None:
        """Raises 125 for an address that no mail can go to, 142 for a message that is none."""
        plain_address(message.to)
        check_message(message)
        await self._take(new_mail(Kind.MESSAGE, message))

    async def _send_letter(self, kind: Kind, letter: Letter) -> None:
        try:
            plain_address(letter.to)
        except ParseError:
            # The user may have any text with an `@` for an address: it is his mail that is lost.
            _log.warning("no mail can go to the address of a user (%s)", kind)
            return
        mail = new_mail(kind, letter)
        # Written now: templates of tomorrow may not fit it. What the adapter writes waits as it is.
        await self._take(mail if self.adapter.writes(kind) else await self._written(mail))

    async def _take(self, mail: Mail) -> None:
        if self._outbox is not None:
            await self._outbox.put(mail)
        elif (transaction := self._storage.current_transaction) is not None:
            transaction.at_end(partial(self._hand_over_if_kept, mail, transaction))
        else:
            await self._hand_over_quietly(mail)

    async def _hand_over_if_kept(self, mail: Mail, transaction: Transaction) -> None:
        if transaction.was_kept:
            await self._hand_over_quietly(mail)

    async def _hand_over(self, mail: Mail) -> None:
        if mail.kind is not Kind.MESSAGE and not self.adapter.writes(mail.kind):
            # It has waited since the app had another adapter.
            mail = await self._written(mail)
        await self.adapter.hand_over(mail)

    async def _hand_over_quietly(self, mail: Mail) -> None:
        try:
            await self._hand_over(mail)
        except Exception as error:
            # What became of a mail is no answer to a request.
            _log.warning("a mail was not sent: %s", reason_of(error))

    async def _written(self, mail: Mail) -> Mail:
        if not isinstance(mail.content, Letter):
            return mail
        return Mail(mail.id, Kind.MESSAGE, await self._letters.write(mail.kind, mail.content))
