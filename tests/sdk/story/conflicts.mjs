// Two clients that change the same object at the same time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Parse, create, fetched, refused, uniqueName } from '../client.mjs';

const CLIENTS = 12;

// The same object as several clients hold it, each knowing nothing of the others.
const copies = (object, number = CLIENTS) =>
  Promise.all(Array.from({ length: number }, () => fetched(object)));

test('no increment is lost', async () => {
  const object = await create('Counter', { n: 0 });
  const clients = await copies(object);

  await Promise.all(clients.map(client => client.increment('n').save()));

  assert.equal((await fetched(object)).get('n'), CLIENTS);
  const answers = clients.map(client => client.get('n')).sort((a, b) => a - b);
  assert.deepEqual(answers, Array.from({ length: CLIENTS }, (_, n) => n + 1));
});

test('no addition to a list is lost, and a set takes each value once', async () => {
  const object = await create('Lists', { list: [], set: ['shared'] });
  const clients = await copies(object);

  await Promise.all(
    clients.map((client, n) => {
      client.add('list', n);
      client.addUnique('set', 'shared');
      client.addUnique('set', 'new');
      return client.save();
    }),
  );

  const stored = await fetched(object);
  assert.deepEqual(
    [...stored.get('list')].sort((a, b) => a - b),
    Array.from({ length: CLIENTS }, (_, n) => n),
  );
  assert.deepEqual([...stored.get('set')].sort(), ['new', 'shared']);
});

test('the last set of a key wins, other keys stay', async () => {
  const object = await create('Note', { left: 'a', right: 'a' });
  const [one, two] = await copies(object, 2);

  await one.save({ left: 'one' });
  await two.save({ right: 'two' });
  await one.save({ right: 'one again' });

  const stored = await fetched(object);
  assert.equal(stored.get('left'), 'one');
  assert.equal(stored.get('right'), 'one again');
});

test('a set and an increment at the same time leave one of two results', async () => {
  const object = await create('Counter', { n: 1 });
  const [one, two] = await copies(object, 2);

  await Promise.all([one.save({ n: 10 }), two.increment('n').save()]);

  assert.ok([10, 11].includes((await fetched(object)).get('n')));
});

test('what another client has deleted cannot be changed', async () => {
  const object = await create('Note', { left: 'a' });
  const [one, two] = await copies(object, 2);

  await one.destroy();

  await refused(two.save({ left: 'b' }), 101, 'Object not found.');
  await refused(two.destroy(), 101);
  await refused(fetched(object), 101);
});

test('a name that two want at the same time goes to one', async () => {
  const username = uniqueName('twin');
  const signUps = Array.from({ length: 4 }, () => Parse.User.signUp(username, 'password'));

  const results = await Promise.allSettled(signUps);

  const refusals = results.filter(result => result.status === 'rejected');
  assert.deepEqual(refusals.map(result => result.reason.code), [202, 202, 202]);
});
