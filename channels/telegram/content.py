"""What a message of Telegram holds: its words and its files.

Whatever is no text becomes a line in brackets, so that staff see it and nothing is lost; a kind
that is unknown here is named. https://core.telegram.org/bots/api#message
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from channels.telegram.fields import Json, number, part, parts, whole, words
from channels.telegram.rich import rich_files, rich_words
from core.model.file_names import clean_name
from core.model.messages import Attachment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

MOST_FILES = 50
"""Files of one message that are taken; a real one has one, a rich one a few."""

_LONGEST_REFERENCE = 300
_LONGEST_TYPE = 100
_PLAIN_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
_KIND = re.compile(r"[a-z_]{1,40}")

_FILES: Mapping[str, str] = {
    "video": "video/mp4",
    "video_note": "video/mp4",
    "animation": "video/mp4",
    "voice": "audio/ogg",
    "audio": "audio/mpeg",
    "document": "application/octet-stream",
    "live_photo": "video/mp4",
}
"""Fields with one file → its type where Telegram tells none."""

_AROUND = (
    "message_id message_thread_id direct_messages_topic from sender_chat sender_boost_count "
    "sender_business_bot sender_tag date guest_query_id business_connection_id chat "
    "forward_origin forward_from forward_from_chat forward_from_message_id forward_signature "
    "forward_sender_name forward_date is_topic_message is_automatic_forward reply_to_message "
    "external_reply quote reply_to_story reply_to_checklist_task_id reply_to_poll_option_id "
    "via_bot guest_bot_caller_user guest_bot_caller_chat edit_date has_protected_content "
    "is_from_offline is_paid_post media_group_id author_signature paid_star_count entities "
    "link_preview_options suggested_post_info effect_id caption_entities "
    "show_caption_above_media has_media_spoiler reply_markup text caption"
)
AROUND = frozenset(_AROUND.split())
"""Fields that say something about a message and are none of its content."""

_SERVICE = (
    "new_chat_members left_chat_member new_chat_participant left_chat_participant "
    "new_chat_member chat_owner_left chat_owner_changed new_chat_title new_chat_photo "
    "delete_chat_photo group_chat_created supergroup_chat_created channel_chat_created "
    "message_auto_delete_timer_changed migrate_to_chat_id migrate_from_chat_id pinned_message "
    "connected_website write_access_allowed proximity_alert_triggered boost_added "
    "chat_background_set checklist_tasks_done checklist_tasks_added "
    "direct_message_price_changed forum_topic_created forum_topic_edited forum_topic_closed "
    "forum_topic_reopened general_forum_topic_hidden general_forum_topic_unhidden "
    "managed_bot_created paid_message_price_changed poll_option_added poll_option_deleted "
    "suggested_post_approved suggested_post_approval_failed suggested_post_declined "
    "suggested_post_paid suggested_post_refunded video_chat_scheduled video_chat_started "
    "video_chat_ended video_chat_participants_invited"
)
SERVICE = frozenset(_SERVICE.split())
"""Fields of messages that Telegram itself writes into a chat: nobody said anything."""


def service_of(message: Json) -> str:
    """The kind of service message this is, "" for a person's."""
    if words(message, "text") or words(message, "caption"):
        return ""
    return next((name for name in message if name in SERVICE), "")


def text_of(message: Json) -> str:
    """Every word of a message, its parts in lines of their own."""
    said = [words(message, "text"), words(message, "caption")]
    said += [told for name, tell in _TOLD.items() if name in message and (told := tell(message))]
    said = [line for line in said if line]
    return "\n".join(said or _unknown(message))


def _unknown(message: Json) -> Iterator[str]:
    known = {*AROUND, *_TOLD, *_FILES, "photo"}
    for name in message:
        if name not in known and _KIND.fullmatch(name):
            yield f"[Pesan Telegram jenis {name}; isinya hanya dapat dilihat di Telegram]"
            return


# --- what is no text ------------------------------------------------------------------------


def _spot(place: Json) -> str:
    latitude, longitude = number(place, "latitude"), number(place, "longitude")
    if latitude is None or longitude is None:
        return ""
    return f"{latitude:.6f}, {longitude:.6f}"


def _location(message: Json) -> str:
    # a venue repeats its location for old programs
    spot = "" if part(message, "venue") else _spot(part(message, "location"))
    return f"[Lokasi: {spot}]" if spot else ""


def _venue(message: Json) -> str:
    venue = part(message, "venue")
    told = (words(venue, "title"), words(venue, "address"), _spot(part(venue, "location")))
    return _bracketed("Tempat", ", ".join(filter(None, told)))


def _contact(message: Json) -> str:
    card = part(message, "contact")
    name = " ".join(filter(None, (words(card, "first_name"), words(card, "last_name"))))
    return _bracketed("Kontak", ", ".join(filter(None, (name, words(card, "phone_number")))))


def _poll(message: Json) -> str:
    poll = part(message, "poll")
    options = "; ".join(filter(None, (words(one, "text") for one in parts(poll, "options"))))
    return _bracketed("Jajak pendapat", f"{words(poll, 'question')} {options}".strip())


def _dice(message: Json) -> str:
    dice = part(message, "dice")
    return _bracketed("Dadu", f"{words(dice, 'emoji')} {whole(dice, 'value') or ''}".strip())


def _checklist(message: Json) -> str:
    found = part(message, "checklist")
    tasks = "; ".join(filter(None, (words(one, "text") for one in parts(found, "tasks"))))
    return _bracketed("Daftar", f"{words(found, 'title')} {tasks}".strip())


def _sticker(message: Json) -> str:
    # its emoji alone: a thumb up is thanks like a typed one, and no reason to reopen a ticket
    return words(part(message, "sticker"), "emoji")


def _form(message: Json) -> str:
    return words(part(message, "web_app_data"), "data")


def _bracketed(kind: str, told: str) -> str:
    return f"[{kind}: {told}]" if told else ""


_TOLD: Mapping[str, Callable[[Json], str]] = {
    "rich_message": lambda message: rich_words(part(message, "rich_message")),
    "sticker": _sticker,
    "location": _location,
    "venue": _venue,
    "contact": _contact,
    "poll": _poll,
    "dice": _dice,
    "checklist": _checklist,
    "web_app_data": _form,
}


# --- files ----------------------------------------------------------------------------------


def files_of(message: Json) -> tuple[Attachment, ...]:
    """The files of a message; of a photo the largest size."""
    return tuple(_files(message))[:MOST_FILES]


def _files(message: Json) -> Iterator[Attachment]:
    if largest := _largest(parts(message, "photo")):
        yield _attachment(largest, "image/jpeg")
    for name, kind in _FILES.items():
        # an animation is repeated as a document for old programs
        repeated = name == "document" and "animation" in message
        if name in message and not repeated and (file := part(message, name)):
            yield _attachment(file, kind)
    for file in rich_files(part(message, "rich_message")):
        yield _attachment(file, "application/octet-stream")


def _largest(sizes: Sequence[Json]) -> Json:
    def area(size: Json) -> int:
        return (whole(size, "width") or 0) * (whole(size, "height") or 0)

    return max(sizes, key=lambda one: (area(one), whole(one, "file_size") or 0), default={})


def _attachment(file: Json, kind: str) -> Attachment:
    claimed = words(file, "mime_type")[:_LONGEST_TYPE]
    size = whole(file, "file_size")
    return Attachment(
        # one that cannot be right is kept, too: staff then see that there was a file
        reference=words(file, "file_id")[:_LONGEST_REFERENCE],
        content_type=claimed if _PLAIN_TYPE.fullmatch(claimed) else kind,
        filename=clean_name(words(file, "file_name")) or None,
        size=size if size is not None and size >= 0 else None,
    )
