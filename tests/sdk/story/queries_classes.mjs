// Queries that ask other classes: matchesQuery, matchesKeyInQuery and their negations.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Parse, create, createAll, found, refused } from '../client.mjs';

before(async () => {
  const [red, blue] = await createAll('SubTeam', [
    { name: 'red', city: 'Rome', wins: 9 },
    { name: 'blue', city: 'Oslo', wins: 2 },
  ]);
  await createAll('SubPlayer', [
    { name: 'ann', team: red, town: 'Rome' },
    { name: 'bob', team: blue, town: 'Rome' },
    { name: 'cat', town: 'Bern' },
  ]);
});

const players = () => new Parse.Query('SubPlayer');
const teams = () => new Parse.Query('SubTeam');

test('whose team a query finds', async () => {
  assert.deepEqual(await found(players().matchesQuery('team', teams().equalTo('name', 'red'))), ['ann']);
  assert.deepEqual(await found(players().matchesQuery('team', teams().equalTo('name', 'grey'))), []);
});

test('whose team a query does not find', async () => {
  const query = players().doesNotMatchQuery('team', teams().greaterThan('wins', 5));

  assert.deepEqual(await found(query), ['bob', 'cat']);
});

test('whose town is the city of a team', async () => {
  const winners = teams().greaterThan('wins', 5);

  assert.deepEqual(await found(players().matchesKeyInQuery('town', 'city', winners)), ['ann', 'bob']);
  assert.deepEqual(await found(players().doesNotMatchKeyInQuery('town', 'city', winners)), ['cat']);
});

test('queries within queries within queries', async () => {
  await create('SubCity', { name: 'Rome', land: 'Italy' });
  const cities = new Parse.Query('SubCity').equalTo('land', 'Italy');

  const query = players().matchesQuery('team', teams().matchesKeyInQuery('city', 'name', cities));

  assert.deepEqual(await found(query), ['ann']);
});

test('in or, with count and with include', async () => {
  const red = players().matchesQuery('team', teams().equalTo('name', 'red'));
  const either = Parse.Query.or(red, players().equalTo('name', 'cat'));

  assert.deepEqual(await found(either), ['ann', 'cat']);
  assert.equal(await red.count(), 1);
  const [ann] = await red.include('team').find();
  assert.equal(ann.get('team').get('city'), 'Rome');
});

test('a bad condition inside is refused like one outside', async () => {
  const query = players().matchesQuery('team', teams()._addCondition('name', '$foo', 1));

  await refused(query.find(), 107, 'bad constraint: $foo');
});

test('relative times', async () => {
  const query = players().greaterThan('createdAt', { $relativeTime: '1 hour ago' });
  const later = players().lessThan('createdAt', { $relativeTime: '1 hour ago' });

  assert.equal((await query.find()).length, 3);
  assert.equal((await later.find()).length, 0);
});
