// Atomic operations: counters, arrays, removal of values, and members of objects.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Parse, create, fetched, refused, rest } from '../client.mjs';

async function saved(className, attributes, change) {
  const object = await create(className, attributes);
  change(object);
  await object.save();
  return { answered: object, stored: await fetched(object) };
}

test('increment adds, subtracts and begins at nothing', async () => {
  const { answered, stored } = await saved('Counter', { n: 5, down: 5, half: 1 }, object => {
    object.increment('n');
    object.decrement('down', 7);
    object.increment('half', 0.5);
    object.increment('fresh', 3);
  });

  for (const object of [answered, stored]) {
    assert.equal(object.get('n'), 6);
    assert.equal(object.get('down'), -2);
    assert.equal(object.get('half'), 1.5);
    assert.equal(object.get('fresh'), 3);
  }
});

test('an increment answers what the store holds, not what the client believed', async () => {
  const object = await create('Counter', { n: 1 });
  const stale = await fetched(object);
  await object.save({ n: 10 });

  stale.increment('n');
  await stale.save();

  assert.equal(stale.get('n'), 11);
});

test('a new object may begin with operations', async () => {
  const object = new Parse.Object('Fresh');
  object.increment('n', 2);
  object.add('list', 'a');
  object.addUnique('set', 'b');
  await object.save();

  const stored = await fetched(object);

  assert.equal(stored.get('n'), 2);
  assert.deepEqual(stored.get('list'), ['a']);
  assert.deepEqual(stored.get('set'), ['b']);
});

test('add appends, addUnique only what is missing, remove takes all of it', async () => {
  const attributes = { list: [1, 2], set: ['a', 'b'], rest: [1, 2, 1, 3] };
  const { answered, stored } = await saved('Lists', attributes, object => {
    object.addAll('list', [2, 3]);
    object.addAllUnique('set', ['b', 'c', 'd']);
    object.removeAll('rest', [1, 9]);
    object.add('fresh', 'first');
  });

  for (const object of [answered, stored]) {
    assert.deepEqual(object.get('list'), [1, 2, 2, 3]);
    assert.deepEqual([...object.get('set')].sort(), ['a', 'b', 'c', 'd']);
    assert.deepEqual(object.get('rest'), [2, 3]);
    assert.deepEqual(object.get('fresh'), ['first']);
  }
});

test('array operations know objects by their value and pointers by their id', async () => {
  const [ann, bea] = [await create('Person', { name: 'Ann' }), await create('Person', { name: 'Bea' })];
  const attributes = { people: [ann], shapes: [{ sides: 3 }, { sides: 4 }] };
  const { stored } = await saved('Lists', attributes, object => {
    object.addUnique('people', ann);
    object.addUnique('people', bea);
    object.remove('shapes', { sides: 3 });
  });

  assert.deepEqual(stored.get('people').map(person => person.id).sort(), [ann.id, bea.id].sort());
  assert.deepEqual(stored.get('shapes'), [{ sides: 4 }]);
});

test('unset takes the value away, for good and for a new one', async () => {
  const object = await create('Sparse', { a: 1, b: 2, acl: 'x' });
  object.unset('a');
  object.unset('never');
  await object.save();

  const stored = await fetched(object);
  assert.equal(stored.has('a'), false);
  assert.equal(stored.get('b'), 2);

  stored.increment('a', 4);
  await stored.save();
  assert.equal((await fetched(object)).get('a'), 4);
});

test('members of an object are set, counted and removed one by one', async () => {
  const attributes = {
    meta: { n: 1, keep: 'this', gone: true, deep: { n: 1, other: 2 }, list: [1], rest: [1, 2] },
  };
  const { stored } = await saved('Nested', attributes, object => {
    object.increment('meta.n', 2);
    object.set('meta.fresh', 'new');
    object.unset('meta.gone');
    object.increment('meta.deep.n');
    object.add('meta.list', 2);
    object.remove('meta.rest', 1);
  });

  assert.deepEqual(stored.get('meta'), {
    n: 3,
    keep: 'this',
    fresh: 'new',
    deep: { n: 2, other: 2 },
    list: [1, 2],
    rest: [2],
  });
});

test('two clients change different members of one object', async () => {
  const object = await create('Nested', { meta: { left: 0, right: 0 } });
  const [one, two] = [await fetched(object), await fetched(object)];

  one.set('meta.left', 'one');
  two.set('meta.right', 'two');
  await Promise.all([one.save(), two.save()]);

  assert.deepEqual((await fetched(object)).get('meta'), { left: 'one', right: 'two' });
});

test('an operation must fit the type of its column', async () => {
  const object = await create('Typed', { text: 'x', n: 1 });
  const tries = [
    other => other.increment('text'),
    other => other.add('text', 'y'),
    other => other.remove('n', 1),
  ];

  for (const change of tries) {
    const other = Parse.Object.createWithoutData(object.id);
    other.className = 'Typed';
    change(other);
    await refused(other.save(), 111);
  }
});

test('relations keep their members out of the object', async () => {
  const [ann, bea] = [await create('Person', { name: 'Ann' }), await create('Person', { name: 'Bea' })];
  const object = await create('Team', { name: 'A' });
  object.relation('members').add([ann, bea]);
  await object.save();
  object.relation('members').remove(ann);
  await object.save();

  const stored = await fetched(object);

  assert.equal(stored.get('name'), 'A');
  assert.deepEqual(stored.toJSON().members, { __type: 'Relation', className: 'Person' });
  assert.equal(stored.relation('members').targetClassName, 'Person');
});

test('a relation adds and removes in one save, and holds one class', async () => {
  const [ann, oslo] = [await create('Person', { name: 'Ann' }), await create('Town', { name: 'Oslo' })];
  const object = await create('Team', { name: 'B' });
  object.relation('members').add(ann);
  await object.save();

  object.relation('members').remove(ann);
  object.relation('members').add(await create('Person', { name: 'Cay' }));
  await object.save();

  const members = { __op: 'AddRelation', objects: [oslo.toPointer()] };
  await refused(rest('PUT', `classes/Team/${object.id}`, { members }), 111);
});
