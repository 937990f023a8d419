// Sessions: one's own, those of others, their end by deletion and by time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Parse, as, asMaster, logInElsewhere, newUser, owner, refused, rest } from '../client.mjs';

const DAY = 24 * 60 * 60 * 1000;

// The SDK guards the fields of its own session class; a plain object lets the server decide.
function plainSession(session) {
  const plain = new Parse.Object('_Session');
  plain.id = session.id;
  return plain;
}

const sessionOf = (user, options = as(user)) =>
  new Parse.Query(Parse.Session).equalTo('sessionToken', user.getSessionToken()).first(options);

test('the current session tells whose it is and how it began', async () => {
  const ada = await newUser('ada');
  const answer = await rest('GET', 'sessions/me', {}, as(ada));

  assert.equal(answer.sessionToken, ada.getSessionToken());
  assert.equal(answer.user.objectId, ada.id);
  assert.deepEqual(answer.createdWith, { action: 'signup', authProvider: 'password' });
  const lasts = new Date(answer.expiresAt.iso) - Date.now();
  assert.ok(lasts > 364 * DAY && lasts < 366 * DAY, `expires in ${lasts} ms`);
});

test('Parse.Session.current answers the session of the current user', async () => {
  Parse.User.enableUnsafeCurrentUser();
  const ada = await newUser('ada');

  const session = await Parse.Session.current();

  assert.equal(session.getSessionToken(), ada.getSessionToken());
  await Parse.User.logOut();
  Parse.User.disableUnsafeCurrentUser();
});

test('users see their own sessions only', async () => {
  const [ada, eve] = [await newUser('ada'), await newUser('eve')];

  const own = await new Parse.Query(Parse.Session).find(as(ada));

  assert.deepEqual(own.map(session => session.get('user').id), [ada.id]);
  assert.equal(await sessionOf(ada, as(eve)), undefined);
  await refused(new Parse.Query(Parse.Session).find(), 209);
});

test('a second log-in of the same installation ends the first', async () => {
  const ada = await newUser('ada');

  const elsewhere = await logInElsewhere(ada.getUsername(), 'password');
  assert.equal((await owner(ada)).id, ada.id);
  const again = await Parse.User.logIn(ada.getUsername(), 'password');

  await refused(owner(ada), 209);
  assert.equal((await owner(elsewhere)).id, ada.id);
  assert.equal((await owner(again)).id, ada.id);
});

test('a session takes fields of the app, but no other user or token', async () => {
  const ada = await newUser('ada');
  const session = await sessionOf(ada);

  await session.save({ device: 'phone' }, as(ada));

  assert.equal((await sessionOf(ada)).get('device'), 'phone');
  for (const [key, value] of [['user', await newUser('eve')], ['sessionToken', 'r:mine']]) {
    await refused(plainSession(session).save({ [key]: value }, as(ada)), 105);
  }
});

test('a deleted session is worth nothing any more', async () => {
  const ada = await newUser('ada');
  const session = await sessionOf(ada);

  await session.destroy(as(ada));

  await refused(owner(ada), 209);
});

test('others cannot end a session', async () => {
  const [ada, eve] = [await newUser('ada'), await newUser('eve')];
  const session = await sessionOf(ada, asMaster);

  await refused(session.destroy(as(eve)), 101);

  assert.equal((await owner(ada)).id, ada.id);
});

test('a session that has expired is refused', async () => {
  const ada = await newUser('ada');
  const session = await sessionOf(ada, asMaster);

  await plainSession(session).save({ expiresAt: new Date(Date.now() - DAY) }, asMaster);

  await refused(owner(ada), 209);
  await refused(new Parse.Query('Anything').find(as(ada)), 209);
});
