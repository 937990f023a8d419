// Anonymous users: created without a name, known again by their id, turned into real ones.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Parse, as, asMaster, create, fetched, refused, uniqueName } from '../client.mjs';

const logInAnonymously = id => Parse.User.logInWith('anonymous', { authData: { id } });

test('an anonymous log-in makes a user with a session', async () => {
  const user = await Parse.AnonymousUtils.logIn();

  assert.ok(Parse.AnonymousUtils.isLinked(user));
  assert.match(user.getSessionToken(), /^r:/);
  assert.notEqual(user.getUsername(), '');
});

test('the same id is the same user', async () => {
  const id = randomUUID();

  const first = await logInAnonymously(id);
  const second = await logInAnonymously(id);
  const other = await logInAnonymously(randomUUID());

  assert.equal(second.id, first.id);
  assert.notEqual(other.id, first.id);
});

test('an anonymous user owns objects', async () => {
  const user = await logInAnonymously(randomUUID());
  const note = await create('Note', { text: 'mine', ACL: new Parse.ACL(user) }, as(user));

  assert.equal((await fetched(note, as(user))).get('text'), 'mine');
  await refused(fetched(note), 101);
});

test('a name and a password make it a real user with the same objects', async () => {
  const id = randomUUID();
  const username = uniqueName('real');
  const user = await logInAnonymously(id);
  const note = await create('Note', { text: 'mine', ACL: new Parse.ACL(user) }, as(user));

  user.setUsername(username);
  user.setPassword('password');
  await user.signUp(null, as(user));

  const real = await Parse.User.logIn(username, 'password');
  assert.equal(real.id, user.id);
  assert.equal((await fetched(note, as(real))).get('text'), 'mine');
  assert.equal(Parse.AnonymousUtils.isLinked(await fetched(real, asMaster)), false);
  assert.notEqual((await logInAnonymously(id)).id, user.id);
});

test('an anonymous user cannot take the name of another', async () => {
  const taken = await Parse.User.signUp(uniqueName('taken'), 'password');
  const user = await logInAnonymously(randomUUID());

  const promise = user.save({ username: taken.getUsername(), password: 'x' }, as(user));

  await refused(promise, 202);
});

test('a provider that is not set up is refused', async () => {
  const promise = Parse.User.logInWith('unheardof', { authData: { id: '1', access_token: 't' } });

  await refused(promise, 252, 'This authentication method is unsupported.');
});
