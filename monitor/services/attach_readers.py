"""Attach readers: the language and the time zone of whoever reads a message."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.delivery import Message
from monitor.domain.person import Person
from monitor.domain.wording import SOURCE_LANGUAGE
from monitor.storage import people


def attach_readers(
    session: Session, messages: Mapping[str, Message], channel_of: Mapping[str, Channel]
) -> dict[str, Message]:
    """Return the messages, each in the language of its reader; `channel_of` has their channels by id.

    Who has an account reads in their own language; everyone else in that of the channel.
    """
    readers = people.readers(session, {each.recipient for each in messages.values() if "@" in each.recipient})
    return {
        identity: for_reader(message, readers.get(message.recipient), channel_of[identity])
        for identity, message in messages.items()
    }


def for_reader(message: Message, reader: Person | None, channel: Channel) -> Message:
    """Return a message as its reader, None where nobody has an account, reads it."""
    if reader is not None:
        return replace(message, language=reader.language, zone=reader.zone)
    return replace(message, language=str(channel.settings.get("language") or SOURCE_LANGUAGE))
