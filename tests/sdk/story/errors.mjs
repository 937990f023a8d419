// Objects that are gone, wrong requests, and the codes that the SDK shows to the app.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Parse, create, fetched, refused, rest } from '../client.mjs';

const missing = () => Parse.Object.fromJSON({ className: 'Note', objectId: 'missing000' });

test('an object that does not exist', async () => {
  await create('Note', { text: 'x' });

  await refused(missing().fetch(), 101, 'Object not found.');
  await refused(missing().save({ text: 'y' }), 101, 'Object not found.');
  await refused(missing().destroy(), 101, 'Object not found.');
  assert.equal(await missing().exists(), false);
});

test('a deleted object does not come back', async () => {
  const note = await create('Note', { text: 'x' });

  await note.destroy();

  await refused(fetched(note), 101);
  await refused(note.destroy(), 101);
});

test('an id of the client is refused unless it is allowed', async () => {
  await refused(rest('POST', 'classes/Note', { objectId: 'mine000000' }), 105);
});

test('fields of the server cannot be set', async () => {
  await refused(rest('POST', 'classes/Note', { createdAt: '2020-01-01T00:00:00.000Z' }), 111);
  await refused(rest('POST', 'classes/Note', { updatedAt: 'x' }), 111);
});

test('malformed values', async () => {
  const send = body => rest('POST', 'classes/Note', body);

  await refused(send({ at: { __type: 'Unheard' } }), 111);
  await refused(send({ n: { __op: 'Increment', amount: 'much' } }), 107);
  await refused(send({ list: { __op: 'Add', objects: 'no list' } }), 107);
  await refused(send({ nested: { $bad: 1 } }), 121);
  await refused(send({ nested: { 'a.b': 1 } }), 121);
});

test('class names must be valid', async () => {
  await refused(rest('POST', 'classes/1Class', { a: 1 }), 107);
  await refused(rest('POST', 'classes/_Unknown', { a: 1 }), 107);
});

test('a parameter of a query that does not exist', async () => {
  await refused(rest('GET', 'classes/Note', { unheard: 1 }), 102);
});
