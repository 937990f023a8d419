// Places: the nearest, those within a distance, a box, a polygon; areas around a point.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Parse, create, createAll, found, refused } from '../client.mjs';

const at = (latitude, longitude) => new Parse.GeoPoint(latitude, longitude);
const BERLIN = at(52.52, 13.405);

before(async () => {
  await createAll('GeoTown', [
    { name: 'Potsdam', at: at(52.39, 13.06) },
    { name: 'Hamburg', at: at(53.55, 9.99) },
    { name: 'Paris', at: at(48.86, 2.35) },
    { name: 'Sydney', at: at(-33.87, 151.21) },
  ]);
});

const towns = () => new Parse.Query('GeoTown');
const inOrder = async query => (await query.find()).map(town => town.get('name'));

test('the nearest come first', async () => {
  assert.deepEqual(await inOrder(towns().near('at', BERLIN)), ['Potsdam', 'Hamburg', 'Paris', 'Sydney']);
  assert.deepEqual(await inOrder(towns().near('at', BERLIN).limit(2)), ['Potsdam', 'Hamburg']);
  assert.deepEqual(await inOrder(towns().near('at', BERLIN).skip(1).limit(2)), ['Hamburg', 'Paris']);
});

test('an order of its own goes before nearness', async () => {
  const query = towns().withinKilometers('at', BERLIN, 1000).ascending('name');

  assert.deepEqual(await inOrder(query), ['Hamburg', 'Paris', 'Potsdam']);
});

test('within a distance in every unit', async () => {
  assert.deepEqual(await found(towns().withinKilometers('at', BERLIN, 300)), ['Hamburg', 'Potsdam']);
  assert.deepEqual(await found(towns().withinMiles('at', BERLIN, 20)), ['Potsdam']);
  assert.deepEqual(await found(towns().withinRadians('at', BERLIN, 0.2)), ['Hamburg', 'Paris', 'Potsdam']);
  assert.deepEqual(await found(towns().withinKilometers('at', BERLIN, 300, false)), ['Hamburg', 'Potsdam']);
});

test('with a count', async () => {
  assert.equal(await towns().withinKilometers('at', BERLIN, 300, false).count(), 2);
});

test('within a box and within a polygon', async () => {
  assert.deepEqual(await found(towns().withinGeoBox('at', at(48, 2), at(54, 11))), ['Hamburg', 'Paris']);
  const triangle = [at(46, -10), at(53, 9), at(46, 28)];
  assert.deepEqual(await found(towns().withinPolygon('at', triangle)), ['Paris']);
});

test('areas that hold a point', async () => {
  const square = new Parse.Polygon([[0, 0], [0, 10], [10, 10], [10, 0]]);
  await create('GeoArea', { name: 'square', area: square });
  const areas = () => new Parse.Query('GeoArea');

  assert.deepEqual(await found(areas().polygonContains('area', at(5, 5))), ['square']);
  assert.deepEqual(await found(areas().polygonContains('area', at(15, 5))), []);
});

test('a polygon of two points is refused', async () => {
  await refused(towns().withinPolygon('at', [at(1, 1), at(2, 2)]).find(), 107);
});
