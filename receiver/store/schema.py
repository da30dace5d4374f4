"""What MongoDB itself enforces: the collection's validator and its indexes."""

import logging

from pymongo import ASCENDING, IndexModel
from pymongo.errors import CollectionInvalid, OperationFailure

from receiver.store.mongo import Database, Document, store_errors

log = logging.getLogger(__name__)

DIALOGS = "dialogs"
NAMESPACE_EXISTS = 48

VALIDATOR: Document = {
    "$jsonSchema": {
        "bsonType": "object",
        "required": ["mailbox", "email_from", "thread_ids", "messages"],
        "properties": {
            "mailbox": {"bsonType": "string"},
            "email_from": {"bsonType": "string"},
            "thread_ids": {"bsonType": "array", "items": {"bsonType": "string"}},
            "messages": {
                "bsonType": "array",
                "items": {
                    "bsonType": "object",
                    "required": ["subject", "body", "created", "key"],
                    "properties": {
                        "subject": {"bsonType": "string"},
                        "body": {"bsonType": "string"},
                        "created": {"bsonType": "date"},
                        "key": {"bsonType": "string"},
                    },
                },
            },
        },
    }
}

# Neither array is ever left empty: an empty one is indexed as one value, and two would collide.
INDEXES = (
    IndexModel(
        [("mailbox", ASCENDING), ("thread_ids", ASCENDING)],
        name="a_message_id_belongs_to_one_dialog",
        unique=True,
    ),
    IndexModel(
        [("mailbox", ASCENDING), ("messages.key", ASCENDING)],
        name="a_letter_is_in_one_dialog",
        unique=True,
    ),
    IndexModel([("mailbox", ASCENDING), ("updated", ASCENDING)], name="latest_first"),
    IndexModel(
        [
            ("mailbox", ASCENDING),
            ("user", ASCENDING),
            ("base_subject", ASCENDING),
            ("updated", ASCENDING),
        ],
        name="a_user_and_a_subject",
    ),
    IndexModel([("mailbox", ASCENDING), ("continues", ASCENDING)], name="goes_on_in"),
    IndexModel([("former_ids", ASCENDING)], name="was_merged_into"),
    IndexModel([("transfer.id", ASCENDING)], name="under_way"),
)
NAMES = frozenset(str(index.document["name"]) for index in INDEXES)


async def ensure(database: Database) -> None:
    """Create the collection, its validator and its indexes where they are missing.

    Safe to run by several receivers at once; raises StoreUnavailable.
    """
    with store_errors():
        try:
            await database.create_collection(DIALOGS, validator=VALIDATOR)
        except CollectionInvalid:
            await database.command("collMod", DIALOGS, validator=VALIDATOR)
        except OperationFailure as error:
            if error.code != NAMESPACE_EXISTS:
                raise
        await database[DIALOGS].create_indexes(list(INDEXES))
    log.info("collection %s.%s is ready", database.name, DIALOGS)


async def is_ready(database: Database) -> bool:
    """Tell whether the database answers and holds every index; raises StoreUnavailable."""
    with store_errors():
        present = await database[DIALOGS].index_information()
    return present.keys() >= NAMES
