// Run once by the image's own start, on an empty volume: the receiver's user, with the password that
// start.sh made, and with rights on its database alone.
db.getSiblingDB('admin').createUser({
  user: 'listener',
  pwd: require('fs').readFileSync(process.env.SECRETS_DIR + '/listener', 'utf8'),
  roles: ['readWrite', 'dbAdmin'].map((role) => ({ role, db: process.env.MONGO_DATABASE })),
});
