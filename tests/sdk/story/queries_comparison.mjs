// Queries by value: comparisons, lists, existence, dates, pointers, members of objects.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Parse, create, createAll, found, refused } from '../client.mjs';

const day = number => new Date(Date.UTC(2024, 0, number));
const towns = () => new Parse.Query('Town');
let norway;

before(async () => {
  norway = await create('Country', { name: 'Norway' });
  const sweden = await create('Country', { name: 'Sweden' });
  await createAll('Town', [
    { name: 'Oslo', size: 700, on: day(1), capital: true, in: norway, meta: { rank: 1, zone: { n: 1 } } },
    { name: 'Bergen', size: 290, on: day(2), capital: false, in: norway, meta: { rank: 2 } },
    { name: 'Kiruna', size: 17, on: day(3), in: sweden, meta: { rank: 3, zone: { n: 9 } } },
    { name: 'Utopia', size: null },
  ]);
});

test('equal and not equal', async () => {
  assert.deepEqual(await found(towns().equalTo('size', 290)), ['Bergen']);
  assert.deepEqual(await found(towns().equalTo('name', 'oslo')), []);
  assert.deepEqual(await found(towns().notEqualTo('size', 290)), ['Kiruna', 'Oslo', 'Utopia']);
  assert.deepEqual(await found(towns().equalTo('capital', false)), ['Bergen']);
  assert.deepEqual(await found(towns().notEqualTo('capital', true)), ['Bergen', 'Kiruna', 'Utopia']);
});

test('less and greater, with and without the bound', async () => {
  assert.deepEqual(await found(towns().lessThan('size', 290)), ['Kiruna']);
  assert.deepEqual(await found(towns().lessThanOrEqualTo('size', 290)), ['Bergen', 'Kiruna']);
  assert.deepEqual(await found(towns().greaterThan('size', 290)), ['Oslo']);
  assert.deepEqual(await found(towns().greaterThanOrEqualTo('size', 290)), ['Bergen', 'Oslo']);
  assert.deepEqual(await found(towns().greaterThan('size', 17).lessThan('size', 700)), ['Bergen']);
  assert.deepEqual(await found(towns().greaterThan('name', 'Kiruna')), ['Oslo', 'Utopia']);
});

test('dates compare as moments', async () => {
  assert.deepEqual(await found(towns().equalTo('on', day(2))), ['Bergen']);
  assert.deepEqual(await found(towns().greaterThanOrEqualTo('on', day(2))), ['Bergen', 'Kiruna']);
  assert.deepEqual(await found(towns().containedIn('on', [day(1), day(9)])), ['Oslo']);
  assert.deepEqual(await found(towns().lessThan('createdAt', new Date(0))), []);
  assert.equal(await towns().greaterThan('createdAt', new Date(0)).count(), 4);
});

test('contained in and not contained in', async () => {
  assert.deepEqual(await found(towns().containedIn('name', ['Oslo', 'Kiruna', 'x'])), ['Kiruna', 'Oslo']);
  assert.deepEqual(await found(towns().containedIn('name', [])), []);
  assert.deepEqual(await found(towns().notContainedIn('size', [17, 290])), ['Oslo', 'Utopia']);
});

test('exists and does not exist', async () => {
  assert.deepEqual(await found(towns().exists('capital')), ['Bergen', 'Oslo']);
  assert.deepEqual(await found(towns().doesNotExist('capital')), ['Kiruna', 'Utopia']);
  assert.deepEqual(await found(towns().doesNotExist('neverHeardOf')), [
    'Bergen', 'Kiruna', 'Oslo', 'Utopia',
  ]);
});

test('null is found by null, and so is what is missing', async () => {
  assert.deepEqual(await found(towns().equalTo('size', null)), ['Utopia']);
  assert.deepEqual(await found(towns().equalTo('capital', null)), ['Kiruna', 'Utopia']);
  assert.deepEqual(await found(towns().notEqualTo('capital', null)), ['Bergen', 'Oslo']);
});

test('pointers are found by the object they point to', async () => {
  assert.deepEqual(await found(towns().equalTo('in', norway)), ['Bergen', 'Oslo']);
  assert.deepEqual(await found(towns().notEqualTo('in', norway)), ['Kiruna', 'Utopia']);
  assert.deepEqual(await found(towns().containedIn('in', [norway])), ['Bergen', 'Oslo']);
  const nobody = Parse.Object.fromJSON({ className: 'Country', objectId: 'nowhere000' });
  assert.deepEqual(await found(towns().equalTo('in', nobody)), []);
});

test('members of objects by their dotted name', async () => {
  assert.deepEqual(await found(towns().equalTo('meta.rank', 2)), ['Bergen']);
  assert.deepEqual(await found(towns().greaterThan('meta.rank', 1)), ['Bergen', 'Kiruna']);
  assert.deepEqual(await found(towns().equalTo('meta.zone.n', 9)), ['Kiruna']);
  assert.deepEqual(await found(towns().exists('meta.zone')), ['Kiruna', 'Oslo']);
});

test('an object by its id, and several by theirs', async () => {
  const [oslo] = await towns().equalTo('name', 'Oslo').find();
  const [bergen] = await towns().equalTo('name', 'Bergen').find();

  assert.equal((await towns().get(oslo.id)).get('name'), 'Oslo');
  assert.deepEqual(await found(towns().containedIn('objectId', [oslo.id, bergen.id])), ['Bergen', 'Oslo']);
  await refused(towns().get('missing000'), 101);
});

test('a value of another type finds nothing', async () => {
  assert.deepEqual(await found(towns().equalTo('size', '290')), []);
  assert.deepEqual(await found(towns().equalTo('name', 290)), []);
  assert.deepEqual(await found(towns().greaterThan('size', 'a')), []);
});
