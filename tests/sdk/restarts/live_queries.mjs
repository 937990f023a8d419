// Live queries over a restart of the server: the SDK comes back by itself.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Parse, as, create, newUser } from '../client.mjs';
import { subscribed } from '../live.mjs';

const { PARSE_RESTART_URL } = process.env;

after(() => Parse.LiveQuery.close());

// While the server is away, each try to reach it tells of an error and a close.
const TOLD = ['open', 'create', 'enter', 'update', 'leave', 'delete'];

test('subscriptions go on after a restart of the server', async () => {
  const ann = await newUser('ann');
  const inRoom = room => new Parse.Query('Chat').equalTo('room', room);
  const open = await subscribed(inRoom('open').select('text'), undefined, TOLD);
  const anns = await subscribed(inRoom('private'), ann.getSessionToken(), TOLD);
  const ended = await subscribed(inRoom('open'), undefined, TOLD);
  await ended.subscription.unsubscribe();
  const chat = await create('Chat', { room: 'open', text: 'a', more: 1 });
  await open.ear.next('create');

  await fetch(PARSE_RESTART_URL, { method: 'POST' });
  await open.ear.next('open');
  await anns.ear.next('open');

  await chat.save({ text: 'b' });
  const { object, original } = await open.ear.next('update');
  assert.deepEqual([original.get('text'), object.get('text')], ['a', 'b']);
  assert.equal(object.has('more'), false);
  await create('Chat', { room: 'private', ACL: new Parse.ACL(ann) }, as(ann));
  await anns.ear.next('create');
  assert.equal(ended.ear.isSilent, true);
});
