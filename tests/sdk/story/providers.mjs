// Identities of a provider of the app's own: log in, link, unlink, what they answer.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import {
  Parse,
  as,
  asMaster,
  fetched,
  newUser,
  owner,
  refused,
  rest,
  uniqueName,
} from '../client.mjs';

const backwards = id => [...id].reverse().join('');
const badge = (id, code = backwards(id)) => ({ authData: { id, code } });
// From another device each time: a second log-in from one device ends the first.
const showBadge = id =>
  Parse.User.logInWith('badge', badge(id), { installationId: randomUUID() });
const link = (user, id) => user.linkWith('badge', badge(id), as(user));
const WRONG_CODE = 'This badge does not open the door.';

test('a badge signs up, and logs in whom it has signed up', async () => {
  const id = uniqueName('badge');

  const first = await showBadge(id);
  const second = await showBadge(id);

  assert.equal(first.existed(), false);
  assert.equal(second.existed(), true);
  assert.equal(second.id, first.id);
  assert.ok(second._isLinked('badge'));
  assert.notEqual(second.getSessionToken(), first.getSessionToken());
  assert.equal((await owner(first)).id, first.id);
});

test('what the provider answers is told, and only what it wants is stored', async () => {
  const id = uniqueName('badge');

  const user = await showBadge(id);

  assert.deepEqual(user.get('authDataResponse'), { badge: { door: 'north' } });
  assert.deepEqual((await fetched(user, asMaster)).get('authData'), { badge: { id } });
});

test('a wrong code is refused, for known badges and for unknown ones', async () => {
  const id = uniqueName('badge');
  await showBadge(id);

  for (const shown of [id, uniqueName('badge')]) {
    const promise = Parse.User.logInWith('badge', badge(shown, 'wrong'));
    await refused(promise, 101, WRONG_CODE);
  }
});

test('identities of odd types are refused before the provider is asked', async () => {
  for (const id of [5, '', null, { $ne: null }, ['a']]) {
    await refused(rest('POST', 'users', { authData: { badge: { id, code: id } } }), 162);
  }
  await refused(rest('POST', 'users', { authData: { unheardof: { id: 'a' } } }), 252);
});

test('a user links a badge and unlinks it', async () => {
  const id = uniqueName('badge');
  const user = await newUser('ada');

  await link(user, id);
  assert.ok(user._isLinked('badge'));
  assert.equal((await showBadge(id)).id, user.id);

  await user._unlinkFrom('badge', as(user));
  assert.equal(user._isLinked('badge'), false);
  assert.equal((await fetched(user, asMaster)).get('authData'), undefined);
  assert.notEqual((await showBadge(id)).id, user.id);
});

test('the badge of another is not linked', async () => {
  const id = uniqueName('badge');
  const holder = await showBadge(id);
  const user = await newUser('eve');

  await refused(link(user, id), 208, 'this auth is already used');
  await refused(user.linkWith('badge', badge(id, 'wrong'), as(user)), 101, WRONG_CODE);

  assert.equal((await showBadge(id)).id, holder.id);
});

test('nobody links or unlinks the badge of somebody else', async () => {
  const id = uniqueName('badge');
  const holder = await showBadge(id);
  const eve = await newUser('eve');
  const change = authData => rest('PUT', `users/${holder.id}`, { authData }, as(eve));

  await refused(change({ badge: null }), 206);
  await refused(change({ badge: badge(uniqueName('other')).authData }), 206);

  assert.equal((await showBadge(id)).id, holder.id);
});

test('an anonymous user becomes one with a badge, and keeps what is his', async () => {
  const anonymous = await Parse.AnonymousUtils.logIn();
  const id = uniqueName('badge');
  const acl = new Parse.ACL(anonymous);
  const note = await new Parse.Object('Note').save({ text: 'mine', ACL: acl }, as(anonymous));

  await link(anonymous, id);
  const again = await showBadge(id);

  assert.equal(again.id, anonymous.id);
  assert.equal((await fetched(note, as(again))).get('text'), 'mine');
  const { authData } = await rest('GET', `users/${again.id}`, {}, asMaster);
  assert.deepEqual(authData, { badge: { id } });
});

test('authentication data are shown to their owner and to the master key', async () => {
  const id = uniqueName('badge');
  const user = await showBadge(id);
  const eve = await newUser('eve');
  const acl = new Parse.ACL(user);
  acl.setPublicReadAccess(true);
  await user.save({ ACL: acl }, as(user));

  assert.deepEqual((await fetched(user, as(user))).get('authData'), { badge: { id } });
  assert.deepEqual((await fetched(user, asMaster)).get('authData'), { badge: { id } });
  assert.equal((await rest('GET', `users/${user.id}`, {}, as(eve))).authData, undefined);
});

test('a provider answers a challenge', async () => {
  const user = await newUser('ada');
  const challengeData = { badge: { direction: 'backwards' } };
  const login = { username: user.getUsername(), password: 'password' };

  const answer = await rest('POST', 'challenge', { ...login, challengeData });

  const expected = { badge: { read: 'backwards', door: 'north' } };
  assert.deepEqual(answer, { challengeData: expected });
  assert.deepEqual(await rest('POST', 'challenge', { challengeData }), answer);
  await refused(rest('POST', 'challenge', { ...login, password: 'wrong', challengeData }), 101);
  await refused(rest('POST', 'challenge', login), -1, 'Nothing to challenge.');
});

test('twenty log-ins with one new badge at once are one user', async () => {
  const authData = { badge: badge(uniqueName('badge')).authData };

  const answers = await Promise.all(
    Array.from({ length: 20 }, () => rest('POST', 'users', { authData }).catch(error => error)),
  );

  const users = answers.filter(answer => answer.objectId !== undefined);
  const codes = answers.filter(answer => answer.code !== undefined).map(error => error.code);
  assert.equal(new Set(users.map(user => user.objectId)).size, 1);
  assert.deepEqual([...new Set(codes)].filter(code => code !== 208), []);
});
