// The peer: SMTP in, mailparser, one document a dialog, 250 once the write is on the journal.
// What one would assemble in Node from well-known parts, in one process. It threads by the ids in
// Message-ID, In-Reply-To and References, and does nothing else that the service does.
// Settings come from the environment: MONGO_URI, MONGO_DATABASE, SMTP_PORT.
const { SMTPServer } = require('smtp-server');
const { simpleParser } = require('mailparser');
const { MongoClient, ObjectId } = require('mongodb');

const { MONGO_URI, MONGO_DATABASE, SMTP_PORT } = process.env;
const ON_THE_JOURNAL = { writeConcern: { w: 1, j: true } };
const DUPLICATE_KEY = 11000;
const ATTEMPTS = 10;

function read(mail) {
  const id = mail.messageId ?? new ObjectId().toHexString();
  const named = [id, mail.references ?? [], mail.inReplyTo ?? []].flat();
  return {
    sender: mail.from?.value[0]?.address,
    threadIds: [...new Set(named)],
    message: { subject: mail.subject, body: mail.text, created: mail.date, message_id: id },
  };
}

async function write(dialogs, { sender, threadIds, message }) {
  const known = { thread_ids: { $in: threadIds } };
  const dialog = await dialogs.findOne(known, { projection: { _id: 1 } });
  if (dialog === null) {
    const opened = { email_from: sender, thread_ids: threadIds, messages: [message] };
    await dialogs.insertOne(opened, ON_THE_JOURNAL);
    return;
  }
  const withoutIt = { _id: dialog._id, 'messages.message_id': { $ne: message.message_id } };
  const taken = { $push: { messages: message }, $addToSet: { thread_ids: { $each: threadIds } } };
  await dialogs.updateOne(withoutIt, taken, ON_THE_JOURNAL);
}

// Two letters of one new thread may arrive at once: the loser at the unique index looks again.
async function store(dialogs, letter) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    try {
      return await write(dialogs, letter);
    } catch (error) {
      if (error.code !== DUPLICATE_KEY) throw error;
    }
  }
  throw new Error('the dialog kept changing');
}

async function main() {
  const client = await new MongoClient(MONGO_URI, { maxPoolSize: 20 }).connect();
  const dialogs = client.db(MONGO_DATABASE).collection('dialogs');
  await dialogs.createIndex({ thread_ids: 1 }, { unique: true });
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    size: 50 * 1024 * 1024,
    onData(stream, _session, answer) {
      simpleParser(stream)
        .then((mail) => store(dialogs, read(mail)))
        .then(() => answer(null), answer);
    },
  });
  server.listen(Number(SMTP_PORT), '127.0.0.1');
  process.once('SIGTERM', () => server.close(() => client.close()));
}

main();
