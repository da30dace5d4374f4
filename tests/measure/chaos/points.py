"""The named points of the code where a process may be ended, or the disk may fail."""

BRIDGE_POINTS = [
    "disk.create",
    "disk.created",
    "disk.write",
    "disk.written",
    "disk.sync",
    "disk.synced",
    "disk.rename",
    "disk.renamed",
    "disk.sync-directory",
    "disk.directory-synced",
    "disk.remove",
    "disk.removed",
    "spool.defer",
    "spool.deferred",
    "intake.kept",
    "courier.parsed",
    "courier.blob-sent",
    "courier.blobs-sent",
    "courier.answered",
]
RECEIVER_POINTS = [
    "receiver.verified",
    "receiver.filed",
    "receiver.blob-stored",
    "mongo.find",
    "mongo.find.done",
    "mongo.insert",
    "mongo.insert.done",
    "mongo.update",
    "mongo.update.done",
    "mongo.delete",
    "mongo.delete.done",
    "mongo.distinct.done",
]
# Between these two receivers may write about the same letters.
WRITING_POINTS = [
    "mongo.find.done",
    "mongo.insert",
    "mongo.insert.done",
    "mongo.update",
    "mongo.update.done",
    "mongo.delete",
    "mongo.delete.done",
]
DISK_STEPS = [
    "disk.create",
    "disk.write",
    "disk.sync",
    "disk.rename",
    "disk.sync-directory",
    "disk.remove",
]
