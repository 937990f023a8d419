// Parse.Schema: classes made, changed and removed with the master key.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Parse,
  asMaster,
  create,
  fetched,
  newUser,
  refused,
  refusedWithoutCode,
  rest,
} from '../client.mjs';

const typesOf = schema =>
  Object.fromEntries(Object.entries(schema.fields).map(([name, field]) => [name, field.type]));

const BUILT_IN = { objectId: 'String', createdAt: 'Date', updatedAt: 'Date', ACL: 'ACL' };

test('a class is made with every type of field', async () => {
  await create('Person', { name: 'Ann' });
  const schema = new Parse.Schema('Everything')
    .addString('text')
    .addNumber('number')
    .addBoolean('truth')
    .addDate('moment')
    .addArray('list')
    .addObject('tree')
    .addBytes('binary')
    .addFile('file')
    .addGeoPoint('place')
    .addPolygon('area')
    .addPointer('friend', 'Person')
    .addRelation('friends', 'Person');

  const made = await schema.save();

  assert.equal(made.className, 'Everything');
  assert.deepEqual(typesOf(made), {
    ...BUILT_IN,
    text: 'String',
    number: 'Number',
    truth: 'Boolean',
    moment: 'Date',
    list: 'Array',
    tree: 'Object',
    binary: 'Bytes',
    file: 'File',
    place: 'GeoPoint',
    area: 'Polygon',
    friend: 'Pointer',
    friends: 'Relation',
  });
  assert.equal(made.fields.friend.targetClass, 'Person');
  assert.equal(made.fields.friends.targetClass, 'Person');
  assert.deepEqual(typesOf(await new Parse.Schema('Everything').get()), typesOf(made));
});

test('saving objects makes a class with the types of their values', async () => {
  const friend = await create('Person', { name: 'Ann' });
  await create('Inferred', { n: 1, text: 'x', list: [], tree: {}, on: new Date(), friend });

  const schema = await new Parse.Schema('Inferred').get();

  assert.deepEqual(typesOf(schema), {
    ...BUILT_IN,
    n: 'Number',
    text: 'String',
    list: 'Array',
    tree: 'Object',
    on: 'Date',
    friend: 'Pointer',
  });
});

test('fields are added and removed, with their values', async () => {
  const object = await create('Changing', { stays: 1, goes: 2 });

  await new Parse.Schema('Changing').addString('comes').deleteField('goes').update();

  const schema = await new Parse.Schema('Changing').get();
  assert.deepEqual(typesOf(schema), { ...BUILT_IN, stays: 'Number', comes: 'String' });
  assert.equal((await fetched(object)).has('goes'), false);
  await refused(create('Changing', { comes: 1 }), 111);
  await create('Changing', { goes: 'of another type now' });
});

test('required fields and default values', async () => {
  const schema = new Parse.Schema('Form')
    .addString('title', { required: true })
    .addNumber('stars', { required: true, defaultValue: 3 });
  await schema.save();

  const object = await create('Form', { title: 'T' });

  assert.equal(object.get('stars'), 3);
  assert.equal((await fetched(object)).get('stars'), 3);
  await refused(create('Form', { stars: 1 }), 142, 'title is required');
});

test('a class that exists is not made again, one that does not is not changed', async () => {
  await create('Taken', { a: 1 });

  await refused(new Parse.Schema('Taken').save(), 103);
  await refused(new Parse.Schema('Unmade').addString('a').update(), 103);
  await refused(new Parse.Schema('Unmade').get(), 103);
});

test('a field that exists is not added again, one that does not is not removed', async () => {
  await create('Taken', { a: 1 });

  await refused(new Parse.Schema('Taken').addString('a').update(), 255);
  await refused(new Parse.Schema('Taken').deleteField('b').update(), 255);
});

test('names and types must be valid', async () => {
  await refused(new Parse.Schema('1Class').save(), 103);
  await refused(rest('POST', 'schemas/Odd', { fields: { a: { type: 'Odd' } } }, asMaster), 111);
  await refused(rest('POST', 'schemas/Odd', { fields: { '1a': { type: 'Number' } } }, asMaster), 105);
  await refused(rest('POST', 'schemas/Odd', { fields: { a: { type: 'Pointer' } } }, asMaster), 135);
});

test('all classes are listed, the built-in ones too', async () => {
  await create('Listed', { a: 1 });
  await newUser();

  const names = (await Parse.Schema.all()).map(schema => schema.className);

  for (const name of ['Listed', '_User', '_Session']) {
    assert.ok(names.includes(name), `${name} is missing`);
  }
});

test('a class is removed when it is empty', async () => {
  const object = await create('Doomed', { a: 1 });

  await refused(new Parse.Schema('Doomed').delete(), 255);
  await object.destroy();
  await new Parse.Schema('Doomed').delete();

  await refused(new Parse.Schema('Doomed').get(), 103);
});

test('schemas are for the master key', async () => {
  await refusedWithoutCode(rest('GET', 'schemas'), 'Permission denied');
  await refusedWithoutCode(rest('POST', 'schemas/Mine', { className: 'Mine' }), 'Permission denied');
});
