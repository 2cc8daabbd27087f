"""Without a mail server each message becomes a file that can be opened and read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workers.channels.contract import Envelope
from workers.channels.mail import email


@dataclass(frozen=True)
class Folder:
    folder: Path
    sender: str
    name: str = "folder"

    def send(self, envelope: Envelope) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self.folder / f"{envelope.message_id.strip('<>').partition('@')[0]}.eml"
        draft = file.with_suffix(".part")
        draft.write_bytes(bytes(email(envelope, self.sender)))
        draft.replace(file)
