// Files: every source the SDK has, what is said of them, in an object, and their end.

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { Parse, as, asMaster, create, fetched, newUser, refused } from '../client.mjs';

const { PARSE_APP_ID, PARSE_SERVER_URL } = process.env;
const BYTES = Uint8Array.from({ length: 70_000 }, (_, index) => index % 251);

// What the SDK reads a Blob with; Node has only what it stands on.
globalThis.FileReader = class {
  async readAsDataURL(blob) {
    const base64 = Buffer.from(await blob.arrayBuffer()).toString('base64');
    this.result = `data:${blob.type};base64,${base64}`;
    this.onload();
  }
};

// The server calls itself by a public address, which nobody has here.
const address = file => `${PARSE_SERVER_URL}/files/${PARSE_APP_ID}/${file.name()}`;

async function stored(file) {
  const answer = await fetch(address(file));
  assert.equal(answer.status, 200);
  return { type: answer.headers.get('Content-Type'), bytes: Buffer.from(await answer.arrayBuffer()) };
}

async function metadata(file) {
  const path = `${PARSE_SERVER_URL}/files/${PARSE_APP_ID}/metadata/${file.name()}`;
  return (await (await fetch(path)).json()).metadata;
}

const SOURCES = {
  'an array of bytes': () => [...BYTES],
  'a typed array': () => BYTES,
  base64: () => ({ base64: Buffer.from(BYTES).toString('base64') }),
  'a data address': () => ({
    base64: `data:image/png;base64,${Buffer.from(BYTES).toString('base64')}`,
  }),
  'a Blob': () => new Blob([BYTES], { type: 'image/png' }),
  'a File': () => new File([BYTES], 'of-a-form.png', { type: 'image/png' }),
  'a Buffer': () => Buffer.from(BYTES),
  'a stream': () => Readable.from([Buffer.from(BYTES)]),
  'a stream of the web': () => new Blob([BYTES]).stream(),
};

for (const [kind, source] of Object.entries(SOURCES)) {
  test(`a user uploads ${kind}`, async () => {
    const user = await newUser();
    const file = new Parse.File('photo.png', source(), 'image/png');

    await file.save(as(user));

    assert.match(file.name(), /^[0-9a-f]{32}_photo\.png$/);
    assert.equal(file.url(), `http://stories.example/parse/files/${PARSE_APP_ID}/${file.name()}`);
    const { type, bytes } = await stored(file);
    assert.equal(type, 'image/png');
    assert.ok(bytes.equals(Buffer.from(BYTES)));
  });
}

test('a source that has an address is fetched by the client', async () => {
  const first = await new Parse.File('a.txt', [65, 66], 'text/plain').save(asMaster);
  const file = new Parse.File('copy.txt', { uri: address(first) });

  await file.save(asMaster);

  assert.equal((await stored(file)).bytes.toString(), 'AB');
});

for (const [kind, source] of [
  ['base64', { base64: 'QUI=' }],
  ['a Buffer', Buffer.from('AB')],
  ['a stream', () => Readable.from([Buffer.from('AB')])],
]) {
  test(`what is said of ${kind} is kept`, async () => {
    const data = typeof source === 'function' ? source() : source;
    const file = new Parse.File('note.txt', data, 'text/plain', { by: 'Zoé' }, { draft: 'yes' });
    file.addMetadata('pages', 3);
    file.setDirectory('notes/new');

    await file.save(asMaster);

    assert.match(file.name(), /^notes\/new\/[0-9a-f]{32}_note\.txt$/);
    assert.deepEqual(await metadata(file), { by: 'Zoé', pages: 3 });
    assert.equal((await stored(file)).bytes.toString(), 'AB');
  });
}

test('a file is a field of an object', async () => {
  const file = await new Parse.File('a.txt', [65]).save(asMaster);
  const note = await create('Note', { file, all: [file], at: { deep: file } });

  const again = await fetched(note);

  for (const seen of [again.get('file'), again.get('all')[0], again.get('at').deep]) {
    assert.ok(seen instanceof Parse.File);
    assert.ok(seen.equals(file));
    assert.equal(seen.url(), file.url());
  }
  assert.equal(await new Parse.Query('Note').equalTo('file', file).count(), 1);
  again.unset('file');
  await again.save();
  assert.equal((await fetched(note)).get('file'), undefined);
});

test('an unsaved file is saved with its object, by who saves that', async () => {
  const user = await newUser();
  const note = new Parse.Object('Note', { file: new Parse.File('b.txt', { base64: 'QUI=' }) });

  await note.save({}, as(user));

  const seen = (await fetched(note)).get('file');
  assert.equal((await stored(seen)).bytes.toString(), 'AB');
});

test('a destroyed file is gone', async () => {
  const file = await new Parse.File('a.txt', [65]).save(asMaster);

  await file.destroy(asMaster);

  assert.equal((await fetch(address(file))).status, 404);
  await refused(file.destroy(asMaster), 153, 'FileNotFound');
});

test('a larger file goes with the master key', async () => {
  const stream = () => Readable.from(Array.from({ length: 21 }, () => Buffer.alloc(1_000_000)));
  const upload = options => new Parse.File('big.bin', stream()).save(options);

  // The SDK loses the texts of errors of streams.
  await refused(upload(asMaster), 130);
  const file = await upload({ ...asMaster, maxUploadSize: '30mb' });

  assert.equal((await stored(file)).bytes.length, 21_000_000);
});

test('what the server refuses has its code', async () => {
  const user = await newUser();
  const anonymous = await Parse.AnonymousUtils.logIn();
  const upload = (name, data, options) => new Parse.File(name, data).save(options);

  await refused(upload('a.txt', [65], {}), 130, 'File upload by public is disabled.');
  await refused(
    upload('a.txt', [65], as(anonymous)),
    130,
    'File upload by anonymous user is disabled.',
  );
  await refused(
    upload('a.html', [65], as(user)),
    130,
    'File upload of extension html is disabled.',
  );
  await refused(upload('a$.txt', [65], as(user)), 122, 'Filename contains invalid characters.');
  await refused(upload('a.txt', [], as(user)), 130, 'Invalid file upload.');
  const streamed = upload('b.html', Buffer.from('A'), as(user));
  await refused(streamed, 130);
  const placed = new Parse.File('a.txt', [65]);
  placed.setDirectory('d');
  await refused(placed.save(as(user)), 119, 'Directory can only be set using the Master Key.');
});
