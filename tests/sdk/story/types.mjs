// Every type of field: saved, read back, and refused where a column has another type.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Parse, create, fetched, refused } from '../client.mjs';

async function roundTrip(value, className = 'Sample') {
  return (await fetched(await create(className, { value }))).get('value');
}

test('strings keep every character', async () => {
  for (const text of ['', 'Ærøskøbing', '日本', '😀', 'a"b\\c\n\t', '\u2028', "'; DROP--", '$set']) {
    assert.equal(await roundTrip(text, 'Text'), text);
  }
});

test('numbers stay what they were', async () => {
  for (const number of [0, 1, -1, 3.5, -0.001, 1e21, 2 ** 53 - 1, 2 ** 40, 5e-324]) {
    assert.equal(await roundTrip(number, 'Numbers'), number);
  }
});

test('booleans and dates come back as such', async () => {
  assert.equal(await roundTrip(true, 'Truth'), true);
  assert.equal(await roundTrip(false, 'Truth'), false);
  for (const iso of ['2024-02-29T12:34:56.789Z', '1969-12-31T23:59:59.000Z']) {
    const date = await roundTrip(new Date(iso), 'Moment');
    assert.ok(date instanceof Date);
    assert.equal(date.toISOString(), iso);
  }
});

test('arrays keep their order and their mixture', async () => {
  const list = [1, 'two', null, true, [3, [4]], { five: 6 }, 1];

  assert.deepEqual(await roundTrip(list, 'List'), list);
  assert.deepEqual(await roundTrip([], 'List'), []);
});

test('objects keep their members at any depth', async () => {
  const tree = { a: 1, b: { c: [{ d: null }], 'two words': '' }, empty: {}, ünicode: true };

  assert.deepEqual(await roundTrip(tree, 'Tree'), tree);
  assert.deepEqual(await roundTrip({}, 'Tree'), {});
});

test('typed values inside arrays and objects keep their types', async () => {
  const when = new Date('2024-01-01T00:00:00.000Z');
  const friend = await create('Person', { name: 'Grace' });
  const place = new Parse.GeoPoint(1, 2);

  const list = await roundTrip([when, place, friend], 'Mixed');
  const tree = await roundTrip({ when, place, friend, deep: { when } }, 'MixedTree');

  for (const [date, point, person] of [list, [tree.when, tree.place, tree.friend]]) {
    assert.equal(date.getTime(), when.getTime());
    assert.ok(point instanceof Parse.GeoPoint && point.latitude === 1 && point.longitude === 2);
    assert.ok(person instanceof Parse.Object && person.id === friend.id);
  }
  assert.equal(tree.deep.when.getTime(), when.getTime());
});

test('a pointer comes back as a pointer of its class', async () => {
  const friend = await create('Person', { name: 'Grace' });

  const pointer = await roundTrip(friend, 'Friendship');

  assert.equal(pointer.className, 'Person');
  assert.equal(pointer.id, friend.id);
  assert.equal(pointer.isDataAvailable(), false);
  assert.equal((await pointer.fetch()).get('name'), 'Grace');
});

test('saving an object saves the new objects it points to', async () => {
  const child = new Parse.Object('Child', { name: 'Anne' });
  const parent = await create('Parent', { child, children: [child] });

  const seen = await fetched(parent);

  assert.equal(seen.get('child').id, child.id);
  assert.equal(seen.get('children')[0].id, child.id);
  assert.equal((await fetched(child)).get('name'), 'Anne');
});

test('geo points and polygons', async () => {
  const place = await roundTrip(new Parse.GeoPoint({ latitude: -40.25, longitude: 179.5 }), 'Place');
  const corners = [[0, 0], [0, 1], [1, 1], [1, 0]];
  const area = await roundTrip(new Parse.Polygon(corners), 'Area');

  assert.deepEqual([place.latitude, place.longitude], [-40.25, 179.5]);
  assert.ok(area instanceof Parse.Polygon);
  assert.ok(area.equals(new Parse.Polygon([...corners, corners[0]])));
});

test('bytes are kept as base64', async () => {
  const bytes = { __type: 'Bytes', base64: 'AAECAwT//g==' };

  assert.deepEqual(await roundTrip(bytes, 'Binary'), bytes);
});

test('a file is a name with an address', async () => {
  const name = '0123456789abcdef0123456789abcdef_note.txt';
  const file = Parse.File.fromJSON({ __type: 'File', name, url: `http://example.com/${name}` });

  const seen = await roundTrip(file, 'Attachment');

  assert.ok(seen instanceof Parse.File);
  assert.equal(seen.name(), name);
  assert.ok(seen.url().endsWith(name), seen.url());
});

test('null is kept, and is not the same as no value', async () => {
  const object = await create('Sparse', { nothing: null, text: 'some' });
  await object.save({ text: null });

  const seen = await fetched(object);

  assert.equal(seen.get('nothing'), null);
  assert.equal(seen.get('text'), null);
  assert.equal(seen.get('missing'), undefined);
});

test('an ACL comes back with what it grants', async () => {
  const acl = new Parse.ACL();
  acl.setPublicReadAccess(true);
  acl.setReadAccess('someUserId', true);
  acl.setRoleWriteAccess('Editors', true);

  const seen = (await fetched(await create('Guarded', { ACL: acl }))).getACL();

  assert.deepEqual(seen.toJSON(), {
    '*': { read: true },
    someUserId: { read: true },
    'role:Editors': { write: true },
  });
});

test('the dates of an object are those of its writes', async () => {
  const object = await create('Dated', { n: 1 });
  const created = object.createdAt.getTime();
  assert.ok(Math.abs(Date.now() - created) < 60_000);

  await object.save({ n: 2 });
  const seen = await fetched(object);

  assert.equal(seen.createdAt.getTime(), created);
  assert.equal(seen.updatedAt.getTime(), object.updatedAt.getTime());
  assert.ok(seen.updatedAt.getTime() >= created);
});

test('a column keeps the type of its first value', async () => {
  await create('Typed', { n: 1, who: await create('Person', { name: 'Grace' }) });
  const place = await create('Town', { name: 'Oslo' });

  const error = await refused(create('Typed', { n: 'one' }), 111);
  assert.match(error.message, /schema mismatch for Typed\.n; expected Number but got String/);
  for (const wrong of [{ n: true }, { n: [1] }, { n: {} }, { n: new Date() }, { who: place }]) {
    await refused(create('Typed', wrong), 111);
  }
});

test('names of fields must be plain', async () => {
  for (const key of ['1st', 'with space', 'dash-ed', '_hidden', 'ünicode']) {
    await refused(create('Named', { [key]: 1 }), 105);
  }
});
