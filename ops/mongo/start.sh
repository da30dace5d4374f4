#!/usr/bin/env bash
# How compose starts MongoDB. On an empty volume: a replica set of one, with passwords that are made
# here. A volume that was filled before there were any goes on as it was, without.
# The secrets lie in a volume of their own: `keyfile` and `root` for mongod, `uri` for the receiver,
# `admin-uri` for whoever looks in with mongosh.
set -euo pipefail
umask 077
db=${DB_DIR:-/data/db}
secrets=${SECRETS_DIR:-/mongo-secret}
database=${MONGO_DATABASE:-dialog}
mark=$db/made-with-passwords

# Writes standard input to a file that one user alone may read, all of it or nothing.
keep() { # name owner
  cat >"$secrets/.$1"
  chown "$2" "$secrets/.$1"
  chmod 0400 "$secrets/.$1"
  mv "$secrets/.$1" "$secrets/$1"
}

without_passwords() {
  echo "$1"
  printf 'mongodb://mongo:27017' | keep uri "$READER"
  printf 'mongodb://127.0.0.1:27017/?directConnection=true' | keep admin-uri "$READER"
}

chmod 0711 "$secrets"
: "${READER:=10001}" "${SERVER:=mongodb}"
if ! command -v docker-entrypoint.sh >/dev/null; then
  without_passwords 'This image is not the official one, and makes no users: there are no passwords.'
  exec mongod --bind_ip_all --dbpath "$db"
fi
if [ ! -e "$mark" ] && [ -n "$(ls -A "$db")" ]; then
  without_passwords 'This volume was made without passwords, and goes on so: docs/operations.md.'
  exec docker-entrypoint.sh mongod
fi

if [ ! -e "$secrets/listener" ]; then
  if [ -e "$mark" ]; then
    echo "The passwords of this database are gone from the volume mongo-secret: docs/operations.md." >&2
    exit 78
  fi
  openssl rand -base64 756 | keep keyfile "$SERVER"
  openssl rand -hex 24 | tr -d '\n' | keep root "$SERVER"
  openssl rand -hex 24 | tr -d '\n' | keep listener "$SERVER"
fi
touch "$mark"
options='authSource=admin&replicaSet=rs0'
printf 'mongodb://listener:%s@mongo:27017/?%s' "$(cat "$secrets/listener")" "$options" | keep uri "$READER"
admin="mongodb://root:$(cat "$secrets/root")@127.0.0.1:27017/?authSource=admin&directConnection=true"
printf '%s' "$admin" | keep admin-uri "$READER"
if [ ! -e "$db/WiredTiger" ]; then
  echo 'A new database. To look in:'
  echo "  mongosh '${admin/:27017/:${PUBLISHED_PORT:-27017}}'"
fi
export SECRETS_DIR=$secrets MONGO_DATABASE=$database
export MONGO_INITDB_ROOT_USERNAME=root MONGO_INITDB_ROOT_PASSWORD_FILE=$secrets/root
exec docker-entrypoint.sh mongod --replSet rs0 --keyFile "$secrets/keyfile"
