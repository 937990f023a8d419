// Class-level permissions: what the public, users, roles and anyone logged in may do in a class.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Parse, as, asMaster, create, fetched, newUser, refused, uniqueName } from '../client.mjs';

const OPERATIONS = ['find', 'get', 'count', 'create', 'update', 'addField', 'delete'];
const PUBLIC = { '*': true };

let ann;
let bea;

before(async () => {
  [ann, bea] = [await newUser('ann'), await newUser('bea')];
});

// A class in which everyone may do everything but what `permissions` says.
async function newClass(permissions) {
  const name = uniqueName('Class').replaceAll('-', '_');
  const open = Object.fromEntries(OPERATIONS.map(operation => [operation, PUBLIC]));
  const schema = new Parse.Schema(name).addNumber('n');
  await schema.setCLP({ ...open, ...permissions }).save();
  return name;
}

const tries = {
  find: (object, options) => new Parse.Query(object.className).find(options),
  get: (object, options) => bare(object).fetch(options),
  count: (object, options) => new Parse.Query(object.className).count(options),
  create: (object, options) => create(object.className, { n: 1 }, options),
  update: (object, options) => bare(object).save({ n: 2 }, options),
  addField: (object, options) => bare(object).save({ fresh: 2 }, options),
  delete: (object, options) => bare(object).destroy(options),
};

const bare = object => Parse.Object.fromJSON({ className: object.className, objectId: object.id });

for (const operation of OPERATIONS) {
  test(`${operation} is allowed to whom the class names`, async () => {
    const name = await newClass({ [operation]: { [ann.id]: true } });
    const object = await create(name, { n: 1 }, asMaster);

    for (const options of [as(bea), {}]) {
      await refused(tries[operation](object, options), 119);
    }
    await tries[operation](object, as(ann));
  });
}

test('the master key may do everything', async () => {
  const name = await newClass(Object.fromEntries(OPERATIONS.map(operation => [operation, {}])));
  const object = await create(name, { n: 1 }, asMaster);

  for (const operation of OPERATIONS) {
    await tries[operation](object, asMaster);
  }
});

test('nobody is named: nobody may', async () => {
  const object = await create(await newClass({ find: {}, create: {} }), { n: 1 }, asMaster);

  await refused(tries.find(object, as(ann)), 119);
  await refused(tries.create(object, as(ann)), 119);
  await tries.get(object, {});
});

test('requiresAuthentication asks for a log-in', async () => {
  const object = await create(await newClass({ find: { requiresAuthentication: true } }), { n: 1 });

  await refused(tries.find(object, {}), 101);
  assert.equal((await tries.find(object, as(bea))).length, 1);
});

test('a role is allowed with its members', async () => {
  const role = new Parse.Role(uniqueName('Staff').replaceAll('-', '_'), new Parse.ACL());
  role.getUsers().add(ann);
  await role.save(null, asMaster);
  const name = await newClass({ update: { [`role:${role.getName()}`]: true } });
  const object = await create(name, { n: 1 });

  await tries.update(object, as(ann));
  await refused(tries.update(object, as(bea)), 119);
  assert.equal((await fetched(object)).get('n'), 2);
});

test('permissions of a class and of an object must both allow', async () => {
  const object = await create(await newClass({ update: { [ann.id]: true } }), {
    n: 1,
    ACL: new Parse.ACL(bea),
  });

  await refused(tries.update(object, as(ann)), 101);
  await refused(tries.update(object, as(bea)), 119);
});

test('changed permissions count at once, and can be read back', async () => {
  const object = await create(await newClass({}), { n: 1 });
  await tries.find(object, {});

  const schema = new Parse.Schema(object.className);
  await schema.setCLP({ find: { [ann.id]: true }, get: PUBLIC }).update();

  await refused(tries.find(object, {}), 119);
  assert.equal((await tries.find(object, as(ann))).length, 1);
  const { classLevelPermissions } = await new Parse.Schema(object.className).get();
  assert.deepEqual(classLevelPermissions.find, { [ann.id]: true });
  assert.deepEqual(classLevelPermissions.get, PUBLIC);
});
