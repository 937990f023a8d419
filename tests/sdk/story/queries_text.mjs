// Queries by parts of texts: prefixes, suffixes, parts and regular expressions.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Parse, createAll, found } from '../client.mjs';

const names = [
  'Alpha',
  'alpine',
  'beta (new)',
  'a.b*c',
  'axbxc',
  '50% [sale]',
  'C:\\path',
  'dollar$',
  '^caret',
  'quote \\E end',
  'line one\nline two',
  'Ærlig Ø',
];
const texts = () => new Parse.Query('Text');

before(() => createAll('Text', names.map(name => ({ name, tags: [name, 'tag'] }))));

test('prefix, suffix and part', async () => {
  assert.deepEqual(await found(texts().startsWith('name', 'al')), ['alpine']);
  assert.deepEqual(await found(texts().startsWith('name', 'al', 'i')), ['Alpha', 'alpine']);
  assert.deepEqual(await found(texts().endsWith('name', 'pha')), ['Alpha']);
  assert.deepEqual(await found(texts().endsWith('name', 'PHA', 'i')), ['Alpha']);
  assert.deepEqual(await found(texts().contains('name', 'lp')), ['Alpha', 'alpine']);
  assert.deepEqual(await found(texts().contains('name', 'no such text')), []);
});

test('special characters mean themselves', async () => {
  for (const [part, name] of [
    ['a (new', 'beta (new)'],
    ['.b*', 'a.b*c'],
    ['% [s', '50% [sale]'],
    [':\\p', 'C:\\path'],
    ['r$', 'dollar$'],
    ['^c', '^caret'],
    ['\\E e', 'quote \\E end'],
    ['\n', 'line one\nline two'],
    ['rlig Ø', 'Ærlig Ø'],
  ]) {
    assert.deepEqual(await found(texts().contains('name', part)), [name], part);
  }
  assert.deepEqual(await found(texts().startsWith('name', 'a.b*')), ['a.b*c']);
  assert.deepEqual(await found(texts().startsWith('name', '^')), ['^caret']);
  assert.deepEqual(await found(texts().endsWith('name', '$')), ['dollar$']);
  assert.deepEqual(await found(texts().endsWith('name', '\\E end')), ['quote \\E end']);
});

test('regular expressions, as text and as RegExp', async () => {
  assert.deepEqual(await found(texts().matches('name', '^a.b.c$')), ['a.b*c', 'axbxc']);
  assert.deepEqual(await found(texts().matches('name', /^(alpha|beta)/i)), ['Alpha', 'beta (new)']);
  assert.deepEqual(await found(texts().matches('name', /[0-9]+%/)), ['50% [sale]']);
  assert.deepEqual(await found(texts().matches('name', '\\bEND\\b', 'i')), ['quote \\E end']);
});

test('modifiers', async () => {
  assert.deepEqual(await found(texts().matches('name', '^line two$')), []);
  assert.deepEqual(await found(texts().matches('name', '^line two$', 'm')), ['line one\nline two']);
  assert.deepEqual(await found(texts().matches('name', 'one.line')), []);
  assert.deepEqual(await found(texts().matches('name', 'one.line', 's')), ['line one\nline two']);
  assert.deepEqual(await found(texts().matches('name', '^ al pha', 'ix')), ['Alpha']);
});

test('a pattern looks into arrays', async () => {
  assert.deepEqual(await found(texts().matches('tags', '^Alp')), ['Alpha']);
  assert.equal(await texts().startsWith('tags', 'ta').count(), names.length);
});

test('a pattern goes with other conditions on the same key', async () => {
  const query = texts().startsWith('name', 'al', 'i').notEqualTo('name', 'Alpha');

  assert.deepEqual(await found(query), ['alpine']);
});
