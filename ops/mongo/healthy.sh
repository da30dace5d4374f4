#!/usr/bin/env bash
# Exit 0 once MongoDB can be written to; a replica set that is new is begun here.
set -euo pipefail
uri=$(cat "${SECRETS_DIR:-/mongo-secret}/admin-uri")
if [[ $uri != *@* ]]; then
  exec mongosh --quiet "$uri" --eval "db.adminCommand('ping').ok"
fi
exec mongosh --quiet "$uri" --eval "
  if (!db.hello().setName) {
    rs.initiate({ _id: 'rs0', members: [{ _id: 0, host: 'mongo:27017' }] });
  }
  quit(db.hello().isWritablePrimary ? 0 : 1);
"
