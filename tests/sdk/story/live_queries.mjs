// Live queries: what comes into a query, changes in it and goes out of it is told.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Parse, as, asMaster, create, fetched, newUser, refused } from '../client.mjs';
import { Ear, subscribed } from '../live.mjs';

after(() => Parse.LiveQuery.close());

const inRoom = room => new Parse.Query('Chat').equalTo('room', room);

test('an object comes, changes, goes, comes back and is deleted', async () => {
  const { subscription, ear } = await subscribed(inRoom('lobby'));

  const chat = await create('Chat', { room: 'lobby', text: 'a', when: new Date(0), likes: 1 });
  const created = await ear.next('create');
  assert.ok(created.object instanceof Parse.Object);
  assert.equal(created.object.id, chat.id);
  assert.equal(created.object.get('text'), 'a');
  assert.deepEqual(created.object.get('when'), new Date(0));
  assert.deepEqual(created.object.createdAt, chat.createdAt);
  assert.equal(created.original, undefined);

  await chat.save({ text: 'b' });
  const updated = await ear.next('update');
  assert.equal(updated.object.get('text'), 'b');
  assert.equal(updated.original.get('text'), 'a');
  assert.deepEqual(updated.object.updatedAt, chat.updatedAt);

  chat.increment('likes', 2);
  await chat.save();
  const counted = await ear.next('update');
  assert.deepEqual([counted.original.get('likes'), counted.object.get('likes')], [1, 3]);

  await chat.save({ room: 'cellar' });
  const left = await ear.next('leave');
  assert.equal(left.object.get('room'), 'cellar');
  assert.equal(left.original.get('room'), 'lobby');

  await chat.save({ text: 'unheard' });
  await chat.save({ room: 'lobby' });
  const entered = await ear.next('enter');
  assert.equal(entered.object.get('text'), 'unheard');
  assert.equal(entered.original.get('room'), 'cellar');

  chat.unset('text');
  await chat.save();
  const unset = await ear.next('update');
  assert.equal(unset.object.has('text'), false);

  await chat.destroy();
  const deleted = await ear.next('delete');
  assert.equal(deleted.object.id, chat.id);
  await subscription.unsubscribe();
});

test('many objects of one batch are told, each once', async () => {
  const { subscription, ear } = await subscribed(inRoom('hall'));
  const chats = Array.from({ length: 5 }, (_, n) => new Parse.Object('Chat', { room: 'hall', n }));

  await Parse.Object.saveAll(chats);
  const told = [];
  while (told.length < chats.length) {
    told.push((await ear.next('create')).object.id);
  }
  await Parse.Object.destroyAll(chats);
  const gone = [];
  while (gone.length < chats.length) {
    gone.push((await ear.next('delete')).object.id);
  }

  const ids = chats.map(chat => chat.id).sort();
  assert.deepEqual(told.sort(), ids);
  assert.deepEqual(gone.sort(), ids);
  await subscription.unsubscribe();
});

test('selected fields are all that is told', async () => {
  const query = inRoom('selected').select('text');
  const { subscription, ear } = await subscribed(query);

  const chat = await create('Chat', { room: 'selected', text: 'a', secret: 1 });
  const created = await ear.next('create');
  await chat.save({ text: 'b' });
  const updated = await ear.next('update');

  for (const object of [created.object, updated.object, updated.original]) {
    assert.equal(object.has('secret'), false);
    assert.equal(object.has('room'), false);
    assert.ok(object.createdAt);
  }
  assert.deepEqual([updated.original.get('text'), updated.object.get('text')], ['a', 'b']);
  await subscription.unsubscribe();
});

test('of watched fields, changes are told and no others', async () => {
  const query = inRoom('watched').watch('text');
  const { subscription, ear } = await subscribed(query);

  const chat = await create('Chat', { room: 'watched', text: 'a', likes: 1 });
  await ear.next('create');
  await chat.save({ likes: 2 });
  await chat.save({ text: 'b' });
  const updated = await ear.next('update');

  assert.equal(updated.original.get('likes'), 2);
  await subscription.unsubscribe();
});

test('after an unsubscribe nothing is told', async () => {
  const first = await subscribed(inRoom('quiet'));
  const second = await subscribed(inRoom('quiet'));

  await first.subscription.unsubscribe();
  await first.ear.next('close');
  await create('Chat', { room: 'quiet' });
  await second.ear.next('create');
  await second.subscription.unsubscribe();
  await second.ear.next('close');
  await create('Chat', { room: 'quiet' });

  const third = await subscribed(inRoom('quiet'));
  await create('Chat', { room: 'quiet' });
  await third.ear.next('create');
  assert.ok(first.ear.isSilent && second.ear.isSilent);
  await third.subscription.unsubscribe();
});

test('a user is told of what is his, and a stranger is not', async () => {
  const [ann, bea] = [await newUser('ann'), await newUser('bea')];
  const anns = await subscribed(inRoom('private'), ann.getSessionToken());
  const strangers = await subscribed(inRoom('private'));

  const chat = await create('Chat', { room: 'private', ACL: new Parse.ACL(ann) }, as(ann));
  assert.equal((await anns.ear.next('create')).object.getACL().getReadAccess(ann), true);
  await chat.save({ text: 'secret', ACL: new Parse.ACL(bea) }, asMaster);
  const left = await anns.ear.next('leave');
  assert.equal(left.object.has('text'), false);
  await refused(fetched(chat, as(ann)), 101);
  const open = await create('Chat', { room: 'private' });

  assert.equal((await strangers.ear.next('create')).object.id, open.id);
  assert.equal((await anns.ear.next('create')).object.id, open.id);
  await anns.subscription.unsubscribe();
  await strangers.subscription.unsubscribe();
});

test('a role counts from the moment that somebody has it', async () => {
  const ann = await newUser('ann');
  const acl = new Parse.ACL();
  acl.setRoleReadAccess('listeners', true);
  const role = await new Parse.Role('listeners', new Parse.ACL()).save(null, asMaster);
  const { subscription, ear } = await subscribed(inRoom('staff'), ann.getSessionToken());

  await create('Chat', { room: 'staff', text: 'before', ACL: acl }, asMaster);
  role.getUsers().add(ann);
  await role.save(null, asMaster);
  await create('Chat', { room: 'staff', text: 'after', ACL: acl }, asMaster);

  assert.equal((await ear.next('create')).object.get('text'), 'after');
  await subscription.unsubscribe();
});

test('a client of its own connects with a session', async () => {
  const ann = await newUser('ann');
  const client = new Parse.LiveQueryClient({
    applicationId: Parse.applicationId,
    serverURL: Parse.serverURL.replace('http', 'ws'),
    javascriptKey: Parse.javaScriptKey,
    sessionToken: ann.getSessionToken(),
    installationId: '11111111-2222-3333-4444-555555555555',
  });
  const doors = new Ear(client, ['open', 'close', 'error']);
  client.open();
  await doors.next('open');
  const subscription = client.subscribe(inRoom('own'));
  const ear = new Ear(subscription);
  await subscription.subscribePromise;
  await ear.next('open');

  await create('Chat', { room: 'own', ACL: new Parse.ACL(ann) }, as(ann));
  await ear.next('create');
  await client.close();
  await ear.next('close');
  await doors.next('close');
});

test('what cannot be subscribed to is refused', async () => {
  const users = new Parse.Query('Team');

  await refused(inRoom('x').matchesQuery('team', users).subscribe(), 102);
  await refused(inRoom('x').matches('text', '(').subscribe(), 102);
  await refused(new Parse.Query('_Session').subscribe(), 209, 'Invalid session token');
});

test('a class that is closed is closed here too', async () => {
  const schema = new Parse.Schema('ClosedChat');
  schema.setCLP({ find: {}, get: {}, create: { '*': true } });
  await schema.save();

  await refused(new Parse.Query('ClosedChat').subscribe(), 119, 'Permission denied');
});

test('a session that has ended hears what is open and no more', async () => {
  const ann = await newUser('ann');
  const { subscription, ear } = await subscribed(inRoom('ended'), ann.getSessionToken());
  const acl = new Parse.ACL(ann);

  await create('Chat', { room: 'ended', ACL: acl }, asMaster);
  await ear.next('create');
  const sessions = await new Parse.Query(Parse.Session).equalTo('user', ann).find(asMaster);
  await Parse.Object.destroyAll(sessions, asMaster);
  await create('Chat', { room: 'ended', ACL: acl }, asMaster);
  const open = await create('Chat', { room: 'ended' });

  assert.equal((await ear.next('create')).object.id, open.id);
  await subscription.unsubscribe();
});
