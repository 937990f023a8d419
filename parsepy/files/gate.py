"""Who may read a stored file, where not everybody may who knows its name.

With `signedUrls` an address opens its file until it expires, whoever has it. With `accessControl`
a file has an ACL. Where both are on, one of the two is enough; what the ACL leaves to everybody
still needs the signature.
"""

from parsepy.errors import Code, Forbidden
from parsepy.files.acls import FileAcls
from parsepy.objects.context import RequestContext
from parsepy.options.model import ServerOptions
from parsepy.permissions.file_signatures import FileSignatures


def is_gated(options: ServerOptions) -> bool:
    return options.signed_urls is not None or options.file_access_control is not None


class Gate:
    """One app's. Either rule may be missing."""

    def __init__(
        self, signatures: FileSignatures | None = None, acls: FileAcls | None = None
    ) -> None:
        self._signatures = signatures
        self._acls = acls

    @property
    def differs_by_reader(self) -> bool:
        """Whether it opens one address to some readers only."""
        return self._acls is not None

    async def opens(self, ctx: RequestContext, name: str, query: str) -> bool:
        """Whether the caller may read the file, at an address with that query string.

        False is to be answered as if there were no such file. Raises 119 where only a signature
        would help, whether the file is there or not.
        """
        if self._signatures is None:
            return await self.shows(ctx, name)
        if ctx.caller.is_privileged or self._signatures.holds(name, query):
            return True
        if self._acls is not None and await self._acls.names(ctx, name):
            return True
        raise Forbidden(
            Code.OPERATION_FORBIDDEN, "File download needs a signed address that has not expired."
        )

    async def shows(self, ctx: RequestContext, name: str) -> bool:
        """Whether the file's ACL lets the caller read it."""
        if self._acls is None or ctx.caller.is_privileged:
            return True
        return await self._acls.shows(ctx, name)
