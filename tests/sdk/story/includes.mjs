// Pointers followed by the server: include, nested include, include of lists and of everything.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Parse, as, asMaster, create, newUser } from '../client.mjs';

let post;
let comment;

before(async () => {
  const author = await create('Author', { name: 'Ann' });
  const editor = await create('Author', { name: 'Bea', mentor: author });
  post = await create('Post', { title: 'Hello', author, editors: [editor, author] });
  comment = await create('Comment', { text: 'First', post });
});

const comments = () => new Parse.Query('Comment').equalTo('objectId', comment.id);
const posts = () => new Parse.Query('Post').equalTo('objectId', post.id);

test('without include a pointer has no data', async () => {
  const seen = await comments().first();

  assert.equal(seen.get('post').id, post.id);
  assert.equal(seen.get('post').isDataAvailable(), false);
});

test('include brings the object', async () => {
  const seen = await comments().include('post').first();

  assert.equal(seen.get('post').get('title'), 'Hello');
  assert.ok(seen.get('post').createdAt instanceof Date);
  assert.equal(seen.get('post').get('author').isDataAvailable(), false);
});

test('a dotted include goes deeper, and brings what is on the way', async () => {
  const seen = await comments().include('post.author').first();

  assert.equal(seen.get('post').get('title'), 'Hello');
  assert.equal(seen.get('post').get('author').get('name'), 'Ann');
});

test('include follows the pointers of a list', async () => {
  const seen = await posts().include('editors.mentor', 'author').first();

  assert.deepEqual(seen.get('editors').map(editor => editor.get('name')), ['Bea', 'Ann']);
  assert.equal(seen.get('editors')[0].get('mentor').get('name'), 'Ann');
  assert.equal(seen.get('author').get('name'), 'Ann');
});

test('includeAll brings every pointer of the object', async () => {
  const seen = await posts().includeAll().first();

  assert.equal(seen.get('author').get('name'), 'Ann');
  assert.equal(seen.get('editors')[0].get('name'), 'Bea');
});

test('select reaches into included objects', async () => {
  const seen = await comments().include('post').select('post.title').first();

  assert.equal(seen.get('post').get('title'), 'Hello');
  assert.equal(seen.get('post').has('author'), false);
  assert.equal(seen.has('text'), false);
});

test('fetchWithInclude and get with include', async () => {
  const bare = Parse.Object.fromJSON({ className: 'Comment', objectId: comment.id });

  await bare.fetchWithInclude(['post.author']);

  assert.equal(bare.get('post').get('author').get('name'), 'Ann');
});

test('fetchAll and fetchAllIfNeeded fill bare objects', async () => {
  const bare = () => Parse.Object.fromJSON({ className: 'Post', objectId: post.id });

  const [fetched] = await Parse.Object.fetchAll([bare()]);
  const [filled] = await Parse.Object.fetchAllIfNeeded([bare()]);

  assert.equal(fetched.get('title'), 'Hello');
  assert.equal(filled.get('title'), 'Hello');
});

test('an included object that is gone is left out', async () => {
  const author = await create('Author', { name: 'Gone' });
  const orphan = await create('Post', { title: 'Orphan', author, editors: [author] });
  await author.destroy();

  const seen = await new Parse.Query('Post').include('author', 'editors').get(orphan.id);

  assert.equal(seen.get('author'), undefined);
  assert.equal(seen.get('title'), 'Orphan');
});

test('include brings only what the asker may read', async () => {
  const [ann, bea] = [await newUser('ann'), await newUser('bea')];
  const secret = await create('Secret', { word: 'x', ACL: new Parse.ACL(ann) }, as(ann));
  const box = await create('Box', { secret }, as(ann));
  const query = new Parse.Query('Box').include('secret');

  assert.equal((await query.get(box.id, as(ann))).get('secret').get('word'), 'x');
  assert.equal((await query.get(box.id, asMaster)).get('secret').get('word'), 'x');
  assert.equal((await query.get(box.id, as(bea))).get('secret')?.get('word'), undefined);
});

test('an included user hides what strangers may not see', async () => {
  const [ann, bea] = [await newUser('ann'), await newUser('bea')];
  const acl = new Parse.ACL(ann);
  acl.setPublicReadAccess(true);
  await ann.save({ ACL: acl, email: `${ann.getUsername()}@example.com` }, as(ann));
  const box = await create('Box', { owner: ann });

  const seen = (await new Parse.Query('Box').include('owner').get(box.id, as(bea))).get('owner');

  assert.equal(seen.get('username'), ann.getUsername());
  assert.equal(seen.get('email'), undefined);
  assert.equal(seen.get('password'), undefined);
  assert.equal(seen.get('sessionToken'), undefined);
});
