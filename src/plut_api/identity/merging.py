"""What hangs on the account that is switched off because its person is another's, whose account stays."""

from plut_api.identity.messages import merging as wishes
from plut_api.kit.merging import Merge, Of, merging, moves, rule, stays

__all__ = ["join_files", "join_messages", "wishes"]

moves("messages.recipient_id", of=Of.accounts)
moves("accounts.merged_into", of=Of.accounts)
for column in ("refresh_tokens.account_id", "totp_secrets.account_id", "recovery_codes.account_id"):
    stays(column, of=Of.accounts, why="sign-ins and secrets of the account that is switched off end with it")
stays("password_links.account_id", of=Of.accounts, why="of staff, who are not merged")

SAME_MESSAGE = rule(
    "same_message",
    id="Pesan yang sama kepada kedua data tetap ada pada keduanya.",
    en="The same message to both records stays, twice.",
)


@merging(of=Of.accounts, order=30)
async def join_messages(merge: Merge) -> None:
    """A message that comes once lies in both inboxes: both stay, since they were said; the key that kept the second one
    from being made is the survivor's alone.
    """
    await merge.change(
        "messages",
        """t.recipient_id = :merged AND t.dedupe_key IS NOT NULL AND EXISTS (
            SELECT FROM messages o WHERE o.recipient_id = :survivor AND o.template = t.template
                AND o.dedupe_key = t.dedupe_key)""",
        {"dedupe_key": "NULL"},
        rule=SAME_MESSAGE,
    )


@merging(of=Of.accounts, columns=("files.uploaded_by",), order=30)
async def join_files(merge: Merge) -> None:
    """Files become the survivor's; one that both handed in stays with the other account as well, since an uploader has
    a file once.
    """
    await merge.change(
        "files",
        """t.uploaded_by = :merged AND NOT EXISTS (SELECT FROM files o
            WHERE o.uploaded_by = :survivor AND o.sha256 = t.sha256 AND o.erased_at IS NULL)""",
        {"uploaded_by": ":survivor"},
    )
