// Roles: groups of users, and of other roles, that an ACL can name.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  Parse,
  as,
  asMaster,
  create,
  fetched,
  newUser,
  refused,
  rest,
  uniqueName,
} from '../client.mjs';

let member;
let stranger;

before(async () => {
  [member, stranger] = [await newUser('member'), await newUser('stranger')];
});

const roleName = () => uniqueName('Role').replaceAll('-', '_');

async function newRole({ users = [], roles = [] } = {}, options = {}) {
  const role = new Parse.Role(roleName(), new Parse.ACL({ '*': { read: true } }));
  role.getUsers().add(users);
  role.getRoles().add(roles);
  return role.save(null, options);
}

async function guardedBy(role) {
  const acl = new Parse.ACL();
  acl.setRoleReadAccess(role, true);
  acl.setRoleWriteAccess(role, true);
  return create('Guarded', { text: 'secret', ACL: acl });
}

const bare = object => Parse.Object.fromJSON({ className: object.className, objectId: object.id });

test('members of a role read and write what it may', async () => {
  const object = await guardedBy(await newRole({ users: [member] }));

  assert.equal((await fetched(object, as(member))).get('text'), 'secret');
  await bare(object).save({ text: 'changed' }, as(member));
  assert.equal((await fetched(object, asMaster)).get('text'), 'changed');
});

test('others do not', async () => {
  const object = await guardedBy(await newRole({ users: [member] }));

  for (const options of [as(stranger), {}]) {
    await refused(fetched(object, options), 101);
    await refused(bare(object).save({ text: 'stolen' }, options), 101);
  }
});

test('members of a child role count, however deep it is', async () => {
  const child = await newRole({ users: [member] });
  const middle = await newRole({ roles: [child] });
  const object = await guardedBy(await newRole({ roles: [middle] }));

  assert.equal((await fetched(object, as(member))).get('text'), 'secret');
  await refused(fetched(object, as(stranger)), 101);
});

test('members of a parent role do not count in its child', async () => {
  const child = await newRole();
  await newRole({ users: [member], roles: [child] });
  const object = await guardedBy(child);

  await refused(fetched(object, as(member)), 101);
});

test('roles that contain each other end', async () => {
  const one = await newRole({ users: [member] }, asMaster);
  const two = await newRole({ roles: [one] }, asMaster);
  one.getRoles().add(two);
  await one.save(null, asMaster);

  assert.equal((await fetched(await guardedBy(two), as(member))).get('text'), 'secret');
});

test('who joins or leaves a role notices with the next request', async () => {
  const role = await newRole();
  const object = await guardedBy(role);
  await refused(fetched(object, as(member)), 101);

  role.getUsers().add(member);
  await role.save(null, asMaster);
  assert.equal((await fetched(object, as(member))).get('text'), 'secret');

  role.getUsers().remove(member);
  await role.save(null, asMaster);
  await refused(fetched(object, as(member)), 101);
});

// Stricter than parse-server 9.10.0, where a member goes on reading for a while.
test('a deleted role grants nothing', async () => {
  const role = await newRole({ users: [member] });
  const object = await guardedBy(role);
  await fetched(object, as(member));

  await role.destroy(asMaster);

  await refused(fetched(object, as(member)), 101);
});

test('the ACL of a role says who manages it', async () => {
  const role = await newRole();
  role.getUsers().add(stranger);

  await refused(role.save(null, as(stranger)), 101);
});

test('a role is found by its name, which is taken then', async () => {
  const role = await newRole();

  const seen = await new Parse.Query(Parse.Role).equalTo('name', role.getName()).first();
  assert.equal(seen.id, role.id);

  const twin = new Parse.Role(role.getName(), new Parse.ACL());
  await refused(twin.save(), 137);
});

test('a role needs a name and an ACL', async () => {
  const ACL = new Parse.ACL({ '*': { read: true } });

  await refused(rest('POST', 'roles', { ACL: ACL.toJSON() }), 111, 'name is required.');
  await refused(rest('POST', 'roles', { name: roleName() }), 111, 'ACL is required.');
});
