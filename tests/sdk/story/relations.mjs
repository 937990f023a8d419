// Relations: many objects on each side, without a list in either.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Parse, as, asMaster, create, createAll, found, newUser } from '../client.mjs';

let posts;
let reader;

before(async () => {
  posts = await createAll('RelPost', ['one', 'two', 'three'].map(name => ({ name })));
  reader = new Parse.Object('RelReader', { name: 'ann' });
  reader.relation('likes').add(posts.slice(0, 2));
  await reader.save();
});

const likes = owner => owner.relation('likes');

test('the objects of a relation are found from its owner', async () => {
  assert.deepEqual(await found(likes(reader).query()), ['one', 'two']);
});

test('with further conditions, order, limit and count', async () => {
  const query = () => likes(reader).query();

  assert.deepEqual(await found(query().equalTo('name', 'two')), ['two']);
  assert.deepEqual(await found(query().descending('name').limit(1)), ['two']);
  assert.equal(await query().count(), 2);
});

test('the owners are found from a related object', async () => {
  const bob = new Parse.Object('RelReader', { name: 'bob' });
  likes(bob).add(posts[1]);
  await bob.save();
  const owners = () => new Parse.Query('RelReader');

  assert.deepEqual(await found(owners().equalTo('likes', posts[0])), ['ann']);
  assert.deepEqual(await found(owners().equalTo('likes', posts[1])), ['ann', 'bob']);
  assert.deepEqual(await found(owners().containedIn('likes', posts)), ['ann', 'bob']);
  assert.deepEqual(await found(owners().notEqualTo('likes', posts[0])), ['bob']);
});

test('what is removed is no longer there', async () => {
  const cat = new Parse.Object('RelReader', { name: 'cat' });
  likes(cat).add(posts);
  await cat.save();

  likes(cat).remove(posts[0]);
  await cat.save();

  assert.deepEqual(await found(likes(cat).query()), ['three', 'two']);
});

test('a relation of an object that was only named is asked through its class', async () => {
  const bare = Parse.Object.fromJSON({ className: 'RelReader', objectId: reader.id });

  assert.deepEqual(await found(bare.relation('likes').query()), ['one', 'two']);
});

test('a relation tells nothing to who must not read its owner', async () => {
  const user = await newUser();
  const hidden = new Parse.Object('RelReader', { name: 'hidden', ACL: new Parse.ACL(user) });
  likes(hidden).add(posts[2]);
  await hidden.save(null, as(user));

  assert.deepEqual(await found(likes(hidden).query()), []);
  assert.deepEqual(await found(likes(hidden).query(), 'name', as(user)), ['three']);
});

test('the members of a role are found', async () => {
  const user = await newUser('member');
  const role = new Parse.Role('relMembers', new Parse.ACL({ '*': { read: true } }));
  role.getUsers().add(user);
  await role.save(null, asMaster);

  const members = await role.getUsers().query().find(asMaster);

  assert.deepEqual(members.map(each => each.id), [user.id]);
});

test('a class can be asked through a relation before it is known', async () => {
  const owner = await create('RelReader', { name: 'new' });

  assert.deepEqual(await found(owner.relation('likes').query()), []);
});
