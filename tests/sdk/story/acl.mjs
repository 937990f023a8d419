// ACLs: who sees an object, who changes it, and what a stranger is told.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Parse, as, asMaster, create, fetched, newUser, refused } from '../client.mjs';

let ann;
let bea;

before(async () => {
  [ann, bea] = [await newUser('ann'), await newUser('bea')];
});

const acl = grants => new Parse.ACL(grants);

const bare = object => Parse.Object.fromJSON({ className: object.className, objectId: object.id });

test('an object without ACL is open to all', async () => {
  const note = await create('Note', { text: 'open' }, as(ann));

  assert.equal((await fetched(note)).get('text'), 'open');
  await bare(note).save({ text: 'changed' }, as(bea));
  assert.equal((await fetched(note)).get('text'), 'changed');
  assert.equal((await fetched(note)).getACL(), null);
});

test('a private object is seen by its owner and by nobody else', async () => {
  const note = await create('Note', { text: 'mine', ACL: new Parse.ACL(ann) }, as(ann));
  const query = () => new Parse.Query('Note').equalTo('objectId', note.id);

  assert.equal((await fetched(note, as(ann))).get('text'), 'mine');
  assert.equal(await query().count(as(ann)), 1);
  for (const options of [as(bea), {}]) {
    assert.equal(await query().first(options), undefined);
    assert.equal(await query().count(options), 0);
    await refused(bare(note).fetch(options), 101, 'Object not found.');
  }
  assert.equal(await query().count(asMaster), 1);
});

test('a stranger who may not see an object is told that it does not exist', async () => {
  const note = await create('Note', { text: 'mine', ACL: new Parse.ACL(ann) }, as(ann));

  for (const options of [as(bea), {}]) {
    await refused(bare(note).save({ text: 'stolen' }, options), 101, 'Object not found.');
    await refused(bare(note).destroy(options), 101, 'Object not found.');
  }
  assert.equal((await fetched(note, as(ann))).get('text'), 'mine');
});

test('reading may be public while writing is not', async () => {
  const note = await create('Note', {
    text: 'look',
    ACL: acl({ '*': { read: true }, [ann.id]: { read: true, write: true } }),
  });

  assert.equal((await fetched(note, as(bea))).get('text'), 'look');
  await refused(bare(note).save({ text: 'stolen' }, as(bea)), 101);
  await bare(note).save({ text: 'new' }, as(ann));
  assert.equal((await fetched(note)).get('text'), 'new');
});

test('who may write but not read writes blindly', async () => {
  const note = await create('Note', { text: 'drop', ACL: acl({ '*': { write: true } }) });

  await refused(fetched(note), 101);
  await bare(note).save({ text: 'dropped' });

  assert.equal((await fetched(note, asMaster)).get('text'), 'dropped');
});

test('an empty ACL leaves the master key only', async () => {
  const note = await create('Note', { text: 'locked', ACL: acl({}) }, as(ann));

  await refused(fetched(note, as(ann)), 101);
  assert.equal((await fetched(note, asMaster)).get('text'), 'locked');
});

test('an ACL given away takes effect at once', async () => {
  const note = await create('Note', { text: 'ours', ACL: new Parse.ACL(ann) }, as(ann));
  const shared = new Parse.ACL(ann);
  shared.setReadAccess(bea, true);

  await bare(note).save({ ACL: shared }, as(ann));
  assert.equal((await fetched(note, as(bea))).get('text'), 'ours');
  await refused(bare(note).save({ text: 'stolen' }, as(bea)), 101);

  await bare(note).save({ ACL: new Parse.ACL(ann) }, as(ann));
  await refused(fetched(note, as(bea)), 101);
});

test('an ACL taken away leaves the master key only', async () => {
  const note = await create('Note', { text: 'mine', ACL: new Parse.ACL(ann) }, as(ann));
  const own = bare(note);
  own.unset('ACL');

  await own.save(null, as(ann));

  await refused(fetched(note, as(ann)), 101);
  assert.equal((await fetched(note, asMaster)).get('text'), 'mine');
});

test('a find shows everyone their own part', async () => {
  await create('Diary', { name: 'of ann', ACL: new Parse.ACL(ann) }, as(ann));
  await create('Diary', { name: 'of bea', ACL: new Parse.ACL(bea) }, as(bea));
  await create('Diary', { name: 'of all' });
  const seen = async options =>
    (await new Parse.Query('Diary').ascending('name').find(options)).map(one => one.get('name'));

  assert.deepEqual(await seen(as(ann)), ['of all', 'of ann']);
  assert.deepEqual(await seen(as(bea)), ['of all', 'of bea']);
  assert.deepEqual(await seen({}), ['of all']);
  assert.deepEqual(await seen(asMaster), ['of all', 'of ann', 'of bea']);
});
