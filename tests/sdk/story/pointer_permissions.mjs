// Permissions that follow from what an object points to.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Parse, as, asMaster, create, fetched, found, newUser, refused, rest } from '../client.mjs';

let owner;
let editor;
let stranger;
let note;

before(async () => {
  [owner, editor, stranger] = await Promise.all([newUser(), newUser(), newUser()]);
  note = await create('PpNote', { name: 'mine', owner, editors: [editor] }, asMaster);
  await create('PpNote', { name: 'other', owner: stranger }, asMaster);
  const classLevelPermissions = {
    get: { pointerFields: ['owner', 'editors'] },
    find: { pointerFields: ['owner', 'editors'] },
    count: { pointerFields: ['owner'] },
    update: { pointerFields: ['editors'] },
    create: { requiresAuthentication: true },
    delete: {},
    addField: {},
  };
  await rest('PUT', 'schemas/PpNote', { classLevelPermissions }, asMaster);
});

const notes = () => new Parse.Query('PpNote');
const bare = object => Parse.Object.fromJSON({ className: object.className, objectId: object.id });

test('a user finds the objects that point to him', async () => {
  assert.deepEqual(await found(notes(), 'name', as(owner)), ['mine']);
  assert.deepEqual(await found(notes(), 'name', as(editor)), ['mine']);
  assert.deepEqual(await found(notes(), 'name', as(stranger)), ['other']);
  assert.deepEqual(await found(notes()), []);
});

test('and gets no other', async () => {
  assert.equal((await fetched(note, as(owner))).get('name'), 'mine');
  await refused(fetched(note, as(stranger)), 101);
  await refused(fetched(note), 101);
});

test('each operation has fields of its own', async () => {
  assert.equal(await notes().count(as(owner)), 1);
  assert.equal(await notes().count(as(editor)), 0);
  await bare(note).save({ name: 'mine' }, as(editor));
  await refused(bare(note).save({ name: 'taken' }, as(owner)), 101);
  await refused(bare(note).destroy(as(owner)), 119);
});

test('what is included follows the same rule', async () => {
  const link = await create('PpLink', { note });

  const seen = async options => {
    const [found] = await new Parse.Query('PpLink').include('note').equalTo('objectId', link.id).find(options);
    return found.get('note')?.get('name');
  };

  assert.equal(await seen(as(owner)), 'mine');
  assert.equal(await seen(as(stranger)), undefined);
});

test('new objects need a log-in here', async () => {
  await refused(create('PpNote', { name: 'new' }), 101);
  await create('PpNote', { name: 'new', owner }, as(owner));
});
