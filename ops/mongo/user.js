// Run once by the image's own start, on an empty volume: the receiver's user, with the password that
// start.sh made, and with rights on its database alone, and on the one that backups are tried in.
const databases = [process.env.MONGO_DATABASE, 'drill'];
db.getSiblingDB('admin').createUser({
  user: 'listener',
  pwd: require('fs').readFileSync(process.env.SECRETS_DIR + '/listener', 'utf8'),
  roles: databases.flatMap((db) => ['readWrite', 'dbAdmin'].map((role) => ({ role, db }))),
});
