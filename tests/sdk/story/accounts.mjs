// Accounts: sign-up, log-in, become, changes of one's own account, log-out.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Parse,
  as,
  asMaster,
  fetched,
  logInElsewhere,
  newUser,
  owner,
  refused,
  rest,
  uniqueName,
} from '../client.mjs';

const username = uniqueName('ada');
const email = `${username}@example.com`;
let ada;

test('a sign-up answers a user that is logged in', async () => {
  ada = new Parse.User({ username, password: 'first', email, nickname: 'Countess' });
  await ada.signUp();

  assert.match(ada.id, /^[A-Za-z0-9]{10}$/);
  assert.match(ada.getSessionToken(), /^r:[0-9a-f]{32}$/);
  assert.ok(ada.createdAt instanceof Date);
  assert.equal(ada.get('password'), undefined);
});

test('a name or an address that is taken cannot sign up', async () => {
  const nameTaken = new Parse.User({ username, password: 'other' });
  const emailTaken = new Parse.User({ username: uniqueName('eve'), password: 'other', email });

  await refused(nameTaken.signUp(), 202, 'Account already exists for this username.');
  await refused(emailTaken.signUp(), 203, 'Account already exists for this email address.');
});

test('a sign-up needs a name, a password and a plausible address', async () => {
  const withoutName = new Parse.User({ password: 'x' });
  const withoutPassword = new Parse.User({ username: uniqueName('eve') });
  const badEmail = new Parse.User({ username: uniqueName('eve'), password: 'x', email: 'no' });

  // These two the SDK refuses by itself; a save sends them.
  await refused(withoutName.signUp(), -1);
  await refused(withoutPassword.signUp(), -1);
  await refused(withoutName.save(), 200, 'bad or missing username');
  await refused(withoutPassword.save(), 201, 'password is required');
  await refused(badEmail.signUp(), 125, 'Email address format is invalid.');
});

test('log-in answers the whole user with a session of its own, by GET and by POST', async () => {
  for (const options of [{}, { usePost: true }]) {
    const again = await Parse.User.logIn(username, 'first', options);

    assert.equal(again.id, ada.id);
    assert.equal(again.get('nickname'), 'Countess');
    assert.equal(again.getEmail(), email);
    assert.ok(again.updatedAt instanceof Date);
    assert.notEqual(again.getSessionToken(), ada.getSessionToken());
    assert.equal(again.get('password'), undefined);
  }
});

test('an e-mail address does for a name', async () => {
  ada = await Parse.User.logIn(email, 'first');

  assert.equal(ada.get('username'), username);
});

test('wrong names and wrong passwords are refused with one text', async () => {
  await refused(Parse.User.logIn(username, 'wrong'), 101, 'Invalid username/password.');
  await refused(Parse.User.logIn(uniqueName('no'), 'first'), 101, 'Invalid username/password.');
  await refused(Parse.User.logIn(username.toUpperCase(), 'first'), 101);
});

test('verifyPassword answers without a new session', async () => {
  const checked = await Parse.User.verifyPassword(username, 'first');

  assert.equal(checked.objectId, ada.id);
  assert.equal(checked.sessionToken, undefined);
  await refused(Parse.User.verifyPassword(username, 'wrong'), 101);
});

test('become and me take a session token', async () => {
  const token = (await logInElsewhere(username, 'first')).getSessionToken();
  const me = await Parse.User.me(token);
  Parse.User.enableUnsafeCurrentUser();
  const become = await Parse.User.become(token);
  const current = Parse.User.current();
  const kept = become.getSessionToken();
  await refused(Parse.User.become('r:0123456789abcdef'), 209, 'Invalid session token');
  await Parse.User.logOut();
  Parse.User.disableUnsafeCurrentUser();

  assert.deepEqual([me.id, become.id, current.id], [ada.id, ada.id, ada.id]);
  assert.equal(kept, token);
  assert.equal(become.get('nickname'), 'Countess');
});

test('the master key logs in as anybody', async () => {
  const eve = await newUser('eve');

  const session = await Parse.User.loginAs(eve.id);

  assert.equal(session.get('username'), eve.getUsername());
  assert.notEqual(session.getSessionToken(), eve.getSessionToken());
  assert.equal((await owner(session)).id, eve.id);
  const { createdWith } = await rest('GET', 'sessions/me', {}, as(session));
  assert.deepEqual(createdWith, { action: 'login', authProvider: 'masterkey' });
  await refused(Parse.User.loginAs('nobody'), 101, 'user not found');
  await refused(rest('POST', 'loginAs', { userId: eve.id }), 119);
});

test('users change themselves and nobody else', async () => {
  const eve = await newUser('eve');

  await ada.save({ nickname: 'Enchantress' }, as(ada));
  assert.equal((await fetched(ada, as(ada))).get('nickname'), 'Enchantress');

  // A user object that knows its token would send that one.
  const stranger = Parse.User.createWithoutData(ada.id);
  await refused(stranger.save({ nickname: 'stolen' }, as(eve)), 206);
  await refused(stranger.save({ nickname: 'stolen' }), 206);
  await refused(stranger.destroy(as(eve)), 206);
  assert.equal((await fetched(ada, asMaster)).get('nickname'), 'Enchantress');
});

test('strangers see a user only if its ACL says so, and never the address', async () => {
  const eve = await newUser('eve');
  await refused(fetched(ada, as(eve)), 101);

  const acl = new Parse.ACL(ada);
  acl.setPublicReadAccess(true);
  await ada.save({ ACL: acl }, as(ada));

  const seen = await fetched(ada, as(eve));
  assert.equal(seen.get('username'), username);
  assert.equal(seen.get('email'), undefined);
  assert.equal(seen.get('authData'), undefined);
});

test('a user renames to a free name only', async () => {
  const eve = await newUser('eve');

  await refused(eve.save({ username }, as(eve)), 202);
  eve.revert();
  await refused(eve.save({ email }, as(eve)), 203);
  eve.revert();
  await eve.save({ username: uniqueName('eva') }, as(eve));
});

test('a new password ends the other sessions and answers a new one', async () => {
  const elsewhere = await logInElsewhere(username, 'first');
  const before = ada.getSessionToken();

  await ada.save({ password: 'second' }, as(ada));

  assert.notEqual(ada.getSessionToken(), before);
  await refused(owner(elsewhere), 209);
  await refused(Parse.User.me(before), 209);
  await refused(Parse.User.logIn(username, 'first'), 101);
  assert.equal((await owner(ada)).id, ada.id);
});

test('log-out ends the session, and a dead token is named on every route', async () => {
  Parse.User.enableUnsafeCurrentUser();
  const user = await Parse.User.logIn(username, 'second');
  assert.equal(Parse.User.current().id, ada.id);
  const token = user.getSessionToken();

  await Parse.User.logOut();
  Parse.User.disableUnsafeCurrentUser();

  await refused(Parse.User.me(token), 209);
  await refused(new Parse.Query('Anything').find({ sessionToken: token }), 209);
  await refused(new Parse.Object('Anything').save({}, { sessionToken: token }), 209);
});

test('a deleted user is gone with its sessions', async () => {
  ada = await Parse.User.logIn(username, 'second');

  await ada.destroy(as(ada));

  await refused(Parse.User.logIn(username, 'second'), 101);
  await refused(owner(ada), 209);
});
