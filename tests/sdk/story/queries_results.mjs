// What a query answers: how many, in which order, with which fields, in one piece or in many.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Parse, createAll, found, refused } from '../client.mjs';

const TOTAL = 25;
const rows = () => new Parse.Query('Item');
const numbers = query => found(query, 'n');

before(() =>
  createAll(
    'Item',
    Array.from({ length: TOTAL }, (_, n) => ({
      n,
      group: n % 3,
      name: `item ${String(n).padStart(2, '0')}`,
      meta: { a: n, b: -n },
    })),
  ),
);

test('limit and skip cut a piece out', async () => {
  assert.deepEqual(await numbers(rows().ascending('n').limit(3)), [0, 1, 2]);
  assert.deepEqual(await numbers(rows().ascending('n').skip(23)), [23, 24]);
  assert.deepEqual(await numbers(rows().ascending('n').skip(5).limit(2)), [5, 6]);
  assert.deepEqual(await numbers(rows().ascending('n').skip(100)), []);
  assert.deepEqual(await numbers(rows().limit(0)), []);
});

test('order by one key and by several', async () => {
  assert.deepEqual(await numbers(rows().descending('n').limit(2)), [24, 23]);
  assert.deepEqual(await numbers(rows().ascending('group', 'n').limit(3)), [0, 3, 6]);
  const mixed = rows().descending('group').addAscending('n').limit(3);
  assert.deepEqual(await numbers(mixed), [2, 5, 8]);
  assert.deepEqual(await numbers(rows().ascending('meta.b').limit(2)), [24, 23]);
  assert.deepEqual(await numbers(rows().descending('name').limit(1)), [24]);
  assert.equal((await rows().ascending('createdAt').find()).length, TOTAL);
});

test('count, and count with results', async () => {
  assert.equal(await rows().count(), TOTAL);
  assert.equal(await rows().equalTo('group', 0).count(), 9);
  assert.equal(await rows().equalTo('group', 7).count(), 0);

  const { results, count } = await rows().ascending('n').limit(2).withCount().find();

  assert.equal(count, TOTAL);
  assert.deepEqual(results.map(object => object.get('n')), [0, 1]);
});

test('first answers one or none', async () => {
  assert.equal((await rows().descending('n').first()).get('n'), 24);
  assert.equal(await rows().equalTo('n', 99).first(), undefined);
});

test('a class that nobody has written to is empty', async () => {
  assert.deepEqual(await new Parse.Query('Unwritten').find(), []);
  assert.equal(await new Parse.Query('Unwritten').count(), 0);
});

test('select takes some fields, and those every object has', async () => {
  const item = await rows().equalTo('n', 3).select('name', 'meta').first();

  assert.equal(item.get('name'), 'item 03');
  assert.deepEqual(item.get('meta'), { a: 3, b: -3 });
  assert.equal(item.get('group'), undefined);
  assert.ok(item.id && item.createdAt && item.updatedAt);
});

test('exclude leaves some fields out', async () => {
  const item = await rows().equalTo('n', 3).exclude('name', 'meta').first();

  assert.deepEqual(Object.keys(item.toJSON()).sort(), [
    'createdAt', 'group', 'n', 'objectId', 'updatedAt',
  ]);
});

test('findAll, each and eachBatch see every object once', async () => {
  const wanted = Array.from({ length: TOTAL }, (_, n) => n);
  const all = await rows().findAll({ batchSize: 7 });
  const each = [];
  await rows().each(object => void each.push(object.get('n')));
  const sizes = [];
  await rows().eachBatch(objects => void sizes.push(objects.length), { batchSize: 10 });

  const ascending = (a, b) => a - b;
  assert.deepEqual(all.map(object => object.get('n')).sort(ascending), wanted);
  assert.deepEqual(each.sort(ascending), wanted);
  assert.deepEqual(sizes, [10, 10, 5]);
});

test('map, reduce and filter go over all', async () => {
  const sum = await rows().reduce((total, object) => total + object.get('n'), 0);
  const odd = await rows().filter(object => object.get('n') % 2 === 1);

  assert.equal(sum, (TOTAL * (TOTAL - 1)) / 2);
  assert.equal(odd.length, 12);
  assert.equal((await rows().map(object => object.get('n'))).length, TOTAL);
});

test('what is no query is refused', async () => {
  const bad = where => rows().withJSON({ where }).find();

  await refused(bad({ n: { $unheard: 1 } }), 107, 'bad constraint: $unheard');
  await refused(bad({ n: { $in: 1 } }), 107, 'bad $in value');
  await refused(bad({ $or: {} }), 102);
  await refused(bad({ name: { $regex: 1 } }), 102);
  await refused(bad({ 'bad key': 1 }), 105, 'Invalid key name: bad key');
  await refused(rows().ascending('bad-key').find(), 105, 'Invalid field name: bad-key.');
});
