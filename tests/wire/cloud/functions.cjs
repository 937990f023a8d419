// Functions of the fixtures in compat_fixtures/functions; functions.py is the same for parsepy.
'use strict';

Parse.Cloud.define('echo', ({ params }) => params);
Parse.Cloud.define('nothing', () => {});
Parse.Cloud.define('null', () => null);
Parse.Cloud.define('date', ({ params }) => new Date(params.when.getTime() + 1000));
Parse.Cloud.define('values', () => ({
  place: new Parse.GeoPoint(1, 2),
  acl: new Parse.ACL({ '*': { read: true } }),
  list: [1, 'two', null, { three: true }],
}));

Parse.Cloud.define('saved', async () => {
  const score = new Parse.Object('Score', { points: 7 });
  await score.save(null, { useMasterKey: true });
  return score;
});

// What the request says of who asks.
Parse.Cloud.define('seen', ({ master, isReadOnly, user, functionName, context, headers, params }) => ({
  master,
  isReadOnly,
  user: user ? user.get('username') : null,
  functionName,
  context: { ...context },
  title: headers['x-title'] || null,
  params,
}));

Parse.Cloud.define('text', () => {
  throw 'a text';
});
Parse.Cloud.define('error', () => {
  throw new Error('an error');
});
Parse.Cloud.define('code', ({ params }) => {
  throw new Parse.Error(params.code, 'mine');
});
Parse.Cloud.define('empty', () => {
  throw undefined;
});

Parse.Cloud.define('accepted', (request, response) => {
  response.status(202).header('X-Queue', 'slow').success({ place: 3 });
});

Parse.Cloud.define('guarded', () => 'ran', { requireUser: true });
Parse.Cloud.define('master', () => 'ran', { requireMaster: true });
Parse.Cloud.define('fields', ({ params }) => params, {
  fields: {
    name: { required: true, type: String },
    size: { default: 7, type: Number },
    colour: { options: ['red', 'blue'] },
    even: { options: value => value % 2 === 0, error: 'not even' },
  },
});
Parse.Cloud.define('listed', () => 'ran', { fields: ['name'] });
