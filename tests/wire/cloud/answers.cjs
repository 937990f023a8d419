// Functions of the fixtures in compat_fixtures/answers; answers.py is the same for parsepy.
'use strict';

const master = { useMasterKey: true };
const saved = async (name, fields) => new Parse.Object(name, fields).save(null, master);

Parse.Cloud.define('echo', ({ params }) => params);
Parse.Cloud.define('kinds', ({ params }) => {
  const { date, file, pointer } = params;
  return {
    date: date instanceof Date,
    file: file instanceof Parse.File,
    pointer: pointer instanceof Parse.Object ? [pointer.className, pointer.id] : null,
  };
});
Parse.Cloud.define('list', async () => [await saved('Game', { n: 1 }), await saved('Game', { n: 2 })]);
Parse.Cloud.define('map', async () => ({ inner: { game: await saved('Game', { n: 1 }) } }));
Parse.Cloud.define('pointer', ({ params }) => Parse.Object.extend('Game').createWithoutData(params.of));
Parse.Cloud.define('fetched', async ({ params }) => new Parse.Query('Holder').get(params.of, master));
Parse.Cloud.define('included', async ({ params }) =>
  new Parse.Query('Holder').include('game', 'games').get(params.of, master));
Parse.Cloud.define('changed', async ({ params }) => {
  const game = await new Parse.Query('Game').get(params.of, master);
  game.set('n', 7);
  game.increment('plays');
  return game;
});
Parse.Cloud.define('user', async ({ user }) => user);
Parse.Cloud.define('typed', () => ({
  polygon: new Parse.Polygon([[0, 0], [0, 1], [1, 1]]),
  file: Parse.File.fromJSON({ __type: 'File', name: 'a.txt', url: 'http://localhost/a.txt' }),
  dates: [new Date(0), new Date('2020-01-02T03:04:05.678Z')],
  nothing: [null],
}));
Parse.Cloud.define('responds', (request, response) => {
  const { how } = request.params;
  if (how === 'header') response.header('X-One', '1').header('X-Two', 'b').success('ok');
  if (how === 'status') response.status(201).success({ a: 1 });
  if (how === 'error') response.status(418).error('a text');
  if (how === 'code') response.error(new Parse.Error(999, 'mine'));
  if (how === 'null') response.success(null);
});
Parse.Cloud.define('runs', async ({ params }) => Parse.Cloud.run(params.name, params.params || {}, master));
