// What only the master key may do, and what every client hears instead.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Parse,
  as,
  asMaster,
  create,
  fetched,
  newUser,
  refused,
  refusedWithoutCode,
  rest,
} from '../client.mjs';

const bare = object => Parse.Object.fromJSON({ className: object.className, objectId: object.id });

test('the master key passes over ACLs', async () => {
  const ann = await newUser('ann');
  const note = await create('Note', { text: 'mine', ACL: new Parse.ACL(ann) }, as(ann));

  await bare(note).save({ text: 'corrected' }, asMaster);
  assert.equal((await fetched(note, asMaster)).get('text'), 'corrected');
  await bare(note).destroy(asMaster);

  await refused(fetched(note, asMaster), 101);
});

test('the master key changes users and sees their addresses', async () => {
  const ann = await newUser('ann');
  const email = `${ann.getUsername()}@example.com`;
  const before = ann.getSessionToken();

  await Parse.User.createWithoutData(ann.id).save({ email, password: 'new' }, asMaster);

  assert.equal((await fetched(ann, asMaster)).get('email'), email);
  assert.equal((await Parse.User.logIn(ann.getUsername(), 'new')).id, ann.id);
  await refused(Parse.User.me(before), 209);
});

test('a wrong master key opens nothing', async () => {
  const masterKey = Parse.masterKey;
  Parse.CoreManager.set('MASTER_KEY', 'guessed');
  const attempt = new Parse.Query('Note').find(asMaster);

  await refusedWithoutCode(attempt, 'unauthorized');
  Parse.CoreManager.set('MASTER_KEY', masterKey);
});

test('internal classes are closed to clients', async () => {
  for (const name of ['_GlobalConfig', '_Hooks', '_JobStatus', '_PushStatus']) {
    await refused(new Parse.Query(name).find(), 119);
  }
});

test('the state and the features of the server', async () => {
  assert.deepEqual(await Parse.getServerHealth(), { status: 'ok' });

  const info = await rest('GET', 'serverInfo', {}, asMaster);
  assert.equal(typeof info.parseServerVersion, 'string');
  assert.equal(typeof info.features.schemas.addClass, 'boolean');
  await refusedWithoutCode(rest('GET', 'serverInfo'), 'Permission denied');
});

test('a route that does not exist is no answer', async () => {
  const error = await rest('GET', 'nowhere').then(() => assert.fail('answered'), reason => reason);

  assert.ok(error instanceof Error);
});
