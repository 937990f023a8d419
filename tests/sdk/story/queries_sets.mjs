// Queries on arrays, and queries put together from others.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Parse, create, createAll, found } from '../client.mjs';

const { or, and, nor } = Parse.Query;
const rows = () => new Parse.Query('Row');
let ann;

before(async () => {
  ann = await create('Person', { name: 'Ann' });
  await createAll('Row', [
    { name: 'a', n: 1, tags: ['red', 'green'], people: [ann] },
    { name: 'b', n: 2, tags: ['green'], items: [{ id: 1, ok: true }, { id: 2 }] },
    { name: 'c', n: 3, tags: ['red', 'green', 'blue'], items: [{ id: 3 }] },
    { name: 'd', n: 4, tags: [] },
    { name: 'e', n: 5 },
  ]);
});

test('an array is found by one of its elements', async () => {
  assert.deepEqual(await found(rows().equalTo('tags', 'red')), ['a', 'c']);
  assert.deepEqual(await found(rows().notEqualTo('tags', 'red')), ['b', 'd', 'e']);
  assert.deepEqual(await found(rows().containedIn('tags', ['blue', 'x'])), ['c']);
  assert.deepEqual(await found(rows().notContainedIn('tags', ['blue', 'red'])), ['b', 'd', 'e']);
  assert.deepEqual(await found(rows().equalTo('people', ann)), ['a']);
});

test('contains all, in any order and by prefix', async () => {
  assert.deepEqual(await found(rows().containsAll('tags', ['green', 'red'])), ['a', 'c']);
  assert.deepEqual(await found(rows().containsAll('tags', ['green', 'x'])), []);
  assert.deepEqual(await found(rows().containsAllStartingWith('tags', ['re', 'bl'])), ['c']);
  assert.deepEqual(await found(rows().containsAllStartingWith('tags', ['gr'])), ['a', 'b', 'c']);
});

test('contained by asks for nothing else in the array, if there is one', async () => {
  assert.deepEqual(await found(rows().containedBy('tags', ['green', 'red'])), [
    'a', 'b', 'd', 'e',
  ]);
});

test('members of objects in arrays', async () => {
  assert.deepEqual(await found(rows().equalTo('items.id', 2)), ['b']);
  assert.deepEqual(await found(rows().greaterThan('items.id', 1)), ['b', 'c']);
  assert.deepEqual(await found(rows().equalTo('items.0.id', 3)), ['c']);
});

test('or takes either', async () => {
  const query = or(rows().lessThan('n', 2), rows().greaterThan('n', 4));

  assert.deepEqual(await found(query), ['a', 'e']);
  assert.deepEqual(await found(query.equalTo('tags', 'red')), ['a']);
});

test('and takes both', async () => {
  const query = and(rows().equalTo('tags', 'red'), rows().equalTo('tags', 'blue'));

  assert.deepEqual(await found(query), ['c']);
});

test('nor takes neither', async () => {
  const query = nor(rows().lessThan('n', 3), rows().equalTo('tags', 'blue'));

  assert.deepEqual(await found(query), ['d', 'e']);
});

test('combinations nest', async () => {
  const outside = or(rows().lessThan('n', 2), rows().greaterThan('n', 4));
  const green = and(rows().equalTo('tags', 'green'), nor(rows().equalTo('n', 2)));

  assert.deepEqual(await found(or(outside, green)), ['a', 'c', 'e']);
  assert.deepEqual(await found(and(outside, green)), ['a']);
});
