// Many objects at once: saveAll and destroyAll send batches.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Parse, as, asMaster, create, createAll, fetched, newUser } from '../client.mjs';

const range = length => Array.from({ length }, (_, n) => n);
const count = className => new Parse.Query(className).count();

// saveAll and destroyAll tell of single failures in different ways; this gives their codes.
async function codes(promise) {
  const error = await promise.then(() => assert.fail('not refused'), reason => reason);
  return (error.errors ?? [error]).map(one => one.code);
}

test('saveAll creates objects and gives each its id', async () => {
  const rows = await createAll('Many', range(45).map(n => ({ n })));

  assert.equal(new Set(rows.map(row => row.id)).size, 45);
  assert.ok(rows.every(row => row.createdAt instanceof Date));
  assert.equal(await count('Many'), 45);
  for (const row of [rows[0], rows[44]]) {
    assert.equal((await fetched(row)).get('n'), row.get('n'));
  }
});

test('one batch may be larger than the usual one', async () => {
  await Parse.Object.saveAll(range(120).map(n => new Parse.Object('Big', { n })), {
    batchSize: 120,
  });

  assert.equal(await count('Big'), 120);
});

test('creates, updates and operations go together', async () => {
  const old = await create('Mixed', { n: 1, list: [1] });
  old.increment('n', 4);
  old.add('list', 2);
  const fresh = new Parse.Object('Mixed', { n: 10 });

  await Parse.Object.saveAll([old, fresh, new Parse.Object('Other', { n: 1 })]);

  assert.equal(old.get('n'), 5);
  assert.deepEqual((await fetched(old)).get('list'), [1, 2]);
  assert.equal((await fetched(fresh)).get('n'), 10);
  assert.equal(await count('Other'), 1);
});

test('a failure spoils its own object only', async () => {
  await create('Strict', { n: 1 });
  const rows = [{ n: 2 }, { n: 'wrong' }, { n: 3 }].map(row => new Parse.Object('Strict', row));

  assert.deepEqual(await codes(Parse.Object.saveAll(rows)), [111]);

  assert.equal(await count('Strict'), 3);
});

test('destroyAll removes objects', async () => {
  const rows = await createAll('Doomed', range(45).map(n => ({ n })));

  await Parse.Object.destroyAll(rows.slice(0, 40));

  assert.equal(await count('Doomed'), 5);
});

test('destroyAll names what was gone already', async () => {
  const rows = await createAll('Doomed', range(3).map(n => ({ n })));
  await rows[1].destroy();

  assert.deepEqual(await codes(Parse.Object.destroyAll(rows)), [101]);

  assert.equal(await new Parse.Query('Doomed').containedIn('objectId', rows.map(row => row.id)).count(), 0);
});

test('a batch asks for permission per object', async () => {
  const [ann, bea] = [await newUser('ann'), await newUser('bea')];
  const own = await create('Shared', { n: 1, ACL: new Parse.ACL(bea) }, as(bea));
  const other = await create('Shared', { n: 1, ACL: new Parse.ACL(ann) }, as(ann));
  own.set('n', 2);
  other.set('n', 2);

  assert.deepEqual(await codes(Parse.Object.saveAll([own, other], as(bea))), [101]);

  assert.equal((await fetched(own, asMaster)).get('n'), 2);
  assert.equal((await fetched(other, asMaster)).get('n'), 1);
});
