// Full text: words, phrases, and the best match first.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Parse, createAll, found } from '../client.mjs';

before(async () => {
  await createAll('Words', [
    { name: 'coffee', text: 'coffee' },
    { name: 'shopping', text: 'Coffee shopping for coffee' },
    { name: 'cake', text: 'Baking a cake' },
  ]);
});

const words = () => new Parse.Query('Words');

test('a word is found in every form', async () => {
  assert.deepEqual(await found(words().fullText('text', 'coffee')), ['coffee', 'shopping']);
  assert.deepEqual(await found(words().fullText('text', 'shops cakes')), ['cake', 'shopping']);
  assert.deepEqual(await found(words().fullText('text', 'tea')), []);
});

test('phrases and words that must not be there', async () => {
  assert.deepEqual(await found(words().fullText('text', '"baking a cake"')), ['cake']);
  assert.deepEqual(await found(words().fullText('text', 'coffee -shopping')), ['coffee']);
});

test('capitals can count', async () => {
  assert.deepEqual(await found(words().fullText('text', 'Coffee', { caseSensitive: true })), ['shopping']);
});

test('the best match comes first, with its score', async () => {
  const query = words().fullText('text', 'coffee cake').ascending('$score').select('$score', 'name');

  const results = await query.find();

  const scores = results.map(each => each.get('score'));
  assert.equal(scores.length, 3);
  assert.ok(scores.every(score => score > 0));
  assert.deepEqual(scores, scores.toSorted((a, b) => b - a));
});
