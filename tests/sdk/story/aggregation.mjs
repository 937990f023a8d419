// Aggregation and distinct values, with the master key.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Parse, createAll, refused, rest } from '../client.mjs';

before(async () => {
  await createAll('Sale', [
    { region: 'north', amount: 10, tags: ['a'] },
    { region: 'north', amount: 30, tags: ['a', 'b'] },
    { region: 'south', amount: 5, tags: ['c'] },
  ]);
});

const sales = () => new Parse.Query('Sale');

test('sums by group', async () => {
  const results = await sales().aggregate([
    { $group: { _id: '$region', total: { $sum: '$amount' }, mean: { $avg: '$amount' } } },
    { $sort: { total: -1 } },
  ]);

  assert.deepEqual(results, [
    { objectId: 'north', total: 40, mean: 20 },
    { objectId: 'south', total: 5, mean: 5 },
  ]);
});

test('match, project, sort, limit', async () => {
  const results = await sales().aggregate([
    { $match: { amount: { $gt: 5 } } },
    { $project: { amount: 1 } },
    { $sort: { amount: -1 } },
    { $limit: 1 },
  ]);

  assert.deepEqual(results.map(each => each.amount), [30]);
});

test('one row per element of a list', async () => {
  const results = await sales().aggregate([
    { $unwind: '$tags' },
    { $group: { _id: '$tags', count: { $sum: 1 } } },
    { $sort: { _id: 1 } },
  ]);

  assert.deepEqual(results.map(each => [each.objectId, each.count]), [['a', 2], ['b', 1], ['c', 1]]);
});

test('distinct values, of those that match', async () => {
  assert.deepEqual((await sales().distinct('region')).sort(), ['north', 'south']);
  assert.deepEqual((await sales().greaterThan('amount', 5).distinct('tags')).sort(), ['a', 'b']);
});

test('a stage that there is not is refused', async () => {
  await refused(sales().aggregate([{ $nothing: {} }]), 102);
});

test('clients cannot aggregate', async () => {
  await assert.rejects(rest('GET', 'aggregate/Sale', { distinct: 'region' }));
});
