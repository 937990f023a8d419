// Codes of an authenticator app on top of a password.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Parse, as, asMaster, fetched, owner, refused, rest, uniqueName } from '../client.mjs';
import { code, newSecret } from '../totp.mjs';

const username = uniqueName('ada');
const password = 'password';
const secret = newSecret();
// All codes are taken at one time: the server accepts those of the periods around it.
const began = Date.now();
let ada;
let recovery;

// A session of hers that no log-in of this device has ended.
const session = async () => as(await Parse.User.loginAs(ada.id));

const logIn = authData => Parse.User.logInWithAdditionalAuth(username, password, authData);
const withToken = token => logIn({ mfa: { token } });

test('a user enrols with a code of his app, and is given two codes for when it is lost', async () => {
  ada = await Parse.User.signUp(username, password);

  await ada.save({ authData: { mfa: { secret, token: code(secret, 0, began) } } }, as(ada));

  recovery = ada.get('authDataResponse').mfa.recovery.split(', ');
  assert.equal(recovery.length, 2);
  assert.ok(recovery.every(each => each.length === 30));
  assert.equal((await owner(ada)).id, ada.id);
});

test('nobody enrols with a wrong code, or with a secret that is too short', async () => {
  const eve = await Parse.User.signUp(uniqueName('eve'), password);
  const enrol = mfa => rest('PUT', `users/${eve.id}`, { authData: { mfa } }, as(eve));
  const short = 'ABCDEFGH';

  await refused(enrol({ secret, token: '12345' }), 141, 'Invalid MFA token');
  await refused(enrol({ secret: short, token: code(short) }), 141, 'Invalid MFA data');
  await refused(enrol({ token: code(secret) }), 141, 'Invalid MFA data');
});

test('the password alone does not do any more, but is still verified', async () => {
  const missing = 'Missing additional authData mfa';

  await refused(Parse.User.logIn(username, password), -1, missing);
  await refused(Parse.User.logIn(username, 'wrong'), 101, 'Invalid username/password.');
  assert.equal((await Parse.User.verifyPassword(username, password)).objectId, ada.id);
});

test('a code does, once', async () => {
  const token = code(secret, 1, began);

  const user = await withToken(token);

  assert.equal(user.id, ada.id);
  assert.equal((await owner(user)).id, ada.id);
  await refused(withToken(token), 141, 'Invalid MFA token');
});

test('other codes and other types do not', async () => {
  for (const token of [code(secret, 40, began), '', null, 123456, ['1'], { $ne: '' }]) {
    await refused(withToken(token), 141, 'Invalid MFA token');
  }
  await refused(logIn({ mfa: null }), -1);
  await refused(logIn({ anonymous: { id: 'a' } }), -1);
});

test('each recovery code does once', async () => {
  const [first, second] = recovery;

  assert.equal((await withToken(first)).id, ada.id);
  await refused(withToken(first), 141, 'Invalid MFA token');
  assert.equal((await withToken(second)).id, ada.id);
  await refused(withToken(second), 141, 'Invalid MFA token');
});

test('no answer holds the secret or a recovery code', async () => {
  const hers = await session();
  const path = `users/${ada.id}`;
  const answers = [
    await rest('GET', path, {}, hers),
    await rest('GET', 'users/me', {}, hers),
    await rest('GET', 'users', {}, hers),
    await rest('GET', 'sessions/me', { include: 'user' }, hers),
    await rest('POST', 'verifyPassword', { username, password }),
    await rest('PUT', path, { nickname: 'Countess' }, hers),
  ];

  assert.deepEqual(answers[0].authData, { mfa: { status: 'enabled' } });
  for (const answer of answers) {
    assert.ok(!JSON.stringify(answer).includes(secret));
    assert.ok(!JSON.stringify(answer).includes('recovery'));
  }
  assert.equal((await fetched(ada, asMaster)).get('authData').mfa.secret, secret);
});

test('the secret is no filter and no order', async () => {
  const bySecret = new Parse.Query(Parse.User).equalTo('authData.mfa.secret', secret);
  const byOrder = new Parse.Query(Parse.User).ascending('authData.mfa.secret');

  const hers = await session();

  await refused(bySecret.find(hers), 105);
  await refused(byOrder.find(hers), 105);
});

test('removing it takes a code; the master key takes it off', async () => {
  const unlink = options =>
    rest('PUT', `users/${ada.id}`, { authData: { mfa: null } }, options);

  await refused(unlink(await session()), 141);
  await unlink(asMaster);

  assert.equal((await Parse.User.logIn(username, password)).id, ada.id);
});
