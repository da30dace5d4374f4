"""What MongoDB itself enforces: the collections' validators and their indexes."""

import logging
from collections.abc import Iterable, Sequence

from pymongo import ASCENDING, IndexModel
from pymongo.errors import OperationFailure

from receiver.store.mongo import Database, Document, at_length, have_indexes, store_errors

log = logging.getLogger(__name__)

NAMESPACE_EXISTS = 48
# Derived from the letters: no backup holds these.
DERIVED = frozenset({"search", "search_pieces"})
TOLD_SECONDS = 30 * 24 * 3600  # afterwards a program that follows the changes has to list anew

_MESSAGE: Document = {
    "bsonType": "object",
    "required": ["subject", "body", "created", "key"],
    "properties": {
        "subject": {"bsonType": "string"},
        "body": {"bsonType": "string"},
        "created": {"bsonType": "date"},
        "key": {"bsonType": "string"},
    },
}
VALIDATORS: dict[str, Document] = {
    "letters": {
        "bsonType": "object",
        "required": ["mailbox", "key", "dialog", "message"],
        "properties": {
            "mailbox": {"bsonType": "string"},
            "key": {"bsonType": "string"},
            "message": _MESSAGE,
        },
    },
    "dialogs": {
        "bsonType": "object",
        "required": ["mailbox", "messages"],
        "properties": {
            "mailbox": {"bsonType": "string"},
            "email_from": {"bsonType": "string"},
            "messages": {"bsonType": "array", "items": _MESSAGE},
        },
    },
}


WITH_FILES: Document = {"digests": {"$exists": True}}
WITH_OTHER_NAME: Document = {"message.known_as": {"$exists": True}}
SENT_BY_SOMEBODY: Document = {"copies.source.mail_from": {"$gt": ""}}


def _index(name: str, *fields: str, **options: object) -> IndexModel:
    return IndexModel([(field, ASCENDING) for field in fields], name=name, **options)


# None is over an array that grows with a dialog, so that an append costs the same at any length.
INDEXES: dict[str, list[IndexModel]] = {
    "letters": [
        _index("a_letter_is_kept_once", "mailbox", "key", unique=True),
        _index("who_knows_an_id", "mailbox", "known"),
        _index("kept_lately", "mailbox", "kept", "_id"),
        # With the mailbox, so that a file in many mailboxes is not looked for in all of their
        # letters.
        _index("who_names_a_blob", "digests", "mailbox", partialFilterExpression=WITH_FILES),
        _index("came_again_by_an_id", "again", sparse=True),
        _index(
            "whose_envelope_it_was",
            *("copies.source.mail_from", "mailbox"),
            partialFilterExpression=SENT_BY_SOMEBODY,
        ),
        _index(
            "has_an_id_that_names_nothing",
            *("mailbox", "message.message_id"),
            partialFilterExpression=WITH_OTHER_NAME,
        ),
    ],
    "dialogs": [
        _index("changed_lately", "mailbox", "changed", "_id"),
        _index("opened_lately", "mailbox", "opened", "_id"),
        _index("a_user_and_a_subject", "mailbox", "user", "base_subject"),
        _index("updated_lately", "mailbox", "updated", "_id"),
        _index("who_waits", "mailbox", "waiting", "waiting_since", "_id"),
        _index(
            "noticed_lately",
            *("mailbox", "noticed", "updated", "_id"),
            partialFilterExpression={"noticed": {"$gt": 0}},
        ),
    ],
    "facts": [
        _index("about_a_dialog", "dialogs"),
        _index("not_shown_yet", "shown"),
        _index("decided_lately", "mailbox", "when", "_id"),
    ],
    "redirects": [],
    "gone": [
        _index("gone_lately", "mailbox", "changed", "_id"),
        _index("told_long_enough", "changed", expireAfterSeconds=TOLD_SECONDS),
    ],
    "search": [],
    "search_pieces": [],
    "tombstones": [],
    "erasures": [],
    "holds": [],
    "canaries": [_index("canaries_of_lately", "arrived", expireAfterSeconds=TOLD_SECONDS)],
    "tokens": [_index("a_name_is_given_once", "name", unique=True)],
    "hooks": [_index("a_name_is_given_once", "name", "owner", unique=True)],
    "alarms": [
        _index("an_alarm_stands_once", "name", "cleared", unique=True),
        _index("raised_lately", "raised", "_id"),
        _index("cleared_lately", "cleared", "_id"),
        _index("told_long_enough", "cleared", expireAfterSeconds=TOLD_SECONDS),
    ],
    "bridges": [],
    "refusals": [
        _index("newest", "at"),
        _index("of_a_bridge", "bridge", "number"),
        _index("long_enough", "kept", expireAfterSeconds=TOLD_SECONDS),
    ],
    "links": [_index("good_no_more", "expires", expireAfterSeconds=0)],
    "sign_ins": [_index("ended", "expires", expireAfterSeconds=0)],
}


# Of versions before 0.2; two are unique, and documents without their fields would collide there.
OBSOLETE = frozenset(
    {
        "a_message_id_belongs_to_one_dialog",
        "a_letter_is_in_one_dialog",
        "latest_first",
        "goes_on_in",
        "was_merged_into",
        "under_way",
        "strangers_lately",
    }
)


async def ensure(database: Database, names: Iterable[str] = INDEXES) -> None:
    """Create missing collections (all, or these), validators and indexes.

    Safe to run by several receivers at once; raises StoreUnavailable. An index of existing data
    takes as long as it takes.
    """
    for name in names:
        indexes = INDEXES[name]
        rule = {"$jsonSchema": VALIDATORS[name]} if name in VALIDATORS else {}
        with store_errors():
            try:
                await database.create_collection(name, validator=rule, check_exists=False)
            except OperationFailure as error:
                if error.code != NAMESPACE_EXISTS:
                    raise
                await database.command("collMod", name, validator=rule)
            if name == "dialogs":
                await _notice_strangers(database)
            await _drop_obsolete(database, name, indexes)
            if indexes:
                await have_indexes(database[name], indexes)
    log.info("database %s is ready", database.name)


async def _notice_strangers(database: Database) -> None:
    """Mark dialogs shared by strangers as noticed, once, replacing an earlier index of them.

    Deleting that index shows that it is done; an earlier receiver that runs again makes it anew.
    """
    if "strangers_lately" in await database["dialogs"].index_information():
        strangers = {"related.0": {"$exists": True}, "noticed": {"$in": [0, None]}}
        with at_length():
            await database["dialogs"].update_many(strangers, {"$set": {"noticed": 1}})


async def _drop_obsolete(database: Database, name: str, indexes: Sequence[IndexModel]) -> None:
    """Drop former indexes, and those with our names over other fields."""
    ours = {str(each.document["name"]): list(each.document["key"]) for each in indexes}
    for present, found in (await database[name].index_information()).items():
        fields = [field for field, _ in found["key"]]
        if present in OBSOLETE - ours.keys() or ours.get(present, fields) != fields:
            await database[name].drop_index(present)


async def is_ready(database: Database) -> bool:
    """Tell whether the database answers and holds every index; raises StoreUnavailable."""
    for name, indexes in INDEXES.items():
        with store_errors():
            present = await database[name].index_information()
        if not present.keys() >= {str(index.document["name"]) for index in indexes}:
            return False
    return True
