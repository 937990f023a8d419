// Triggers of finds for the fixtures in compat_fixtures/finds; finds.py is the same for parsepy.
// What they are to do is said by the request's context.
'use strict';

let notes = [];
Parse.Cloud.define('seen', () => {
  const taken = notes;
  notes = [];
  return taken;
});

// How cloud code itself reads.
Parse.Cloud.define('asks', async ({ params }) => {
  const options = { useMasterKey: true, context: { from: params.how } };
  const query = new Parse.Query('Seen').equalTo('n', 1);
  const object = Parse.Object.fromJSON({ className: 'Seen', objectId: params.of });
  switch (params.how) {
    case 'get':
      await query.get(params.of, options);
      break;
    case 'find':
      await query.find(options);
      break;
    case 'first':
      await query.first(options);
      break;
    case 'count':
      await query.count(options);
      break;
    case 'fetch':
      await object.fetch(options);
      break;
    case 'fetch all':
      await Parse.Object.fetchAll([object], options);
      break;
    case 'with count':
      await query.withCount().find(options);
      break;
  }
});

const note = ({ triggerName, query, isGet, count, objects, context, master }) => {
  notes.push({
    triggerName,
    query: query.toJSON(),
    isGet,
    count: triggerName === 'beforeFind' ? count : null,
    numbers: objects ? objects.map(object => object.get('n')).sort() : null,
    context: { ...context, _subqueryDepth: undefined },
    master,
  });
};

Parse.Cloud.beforeFind('Seen', request => {
  note(request);
  request.context.before = true;
});
Parse.Cloud.afterFind('Seen', note);

const made = n => new Parse.Object('Changed', { n, made: true });
const known = id => {
  const object = Parse.Object.fromJSON({ className: 'Changed', objectId: id, told: true });
  return object;
};

Parse.Cloud.beforeFind('Changed', async ({ query, context }) => {
  switch (context.do) {
    case 'limit':
      query.limit(1);
      break;
    case 'no limit':
      query.limit(0);
      break;
    case 'skip':
      query.skip(1);
      break;
    case 'order':
      query.descending('n');
      break;
    case 'keys':
      query.select('n');
      break;
    case 'exclude':
      query.exclude('s');
      break;
    case 'include':
      query.include('other');
      break;
    case 'where':
      query.equalTo('n', 2);
      break;
    case 'query':
      return new Parse.Query('Changed').equalTo('n', 3);
    case 'or':
      return Parse.Query.or(query, new Parse.Query('Changed').equalTo('n', 3));
    case 'an object':
      return made(9);
    case 'objects':
      return [made(8), made(9)];
    case 'none':
      return [];
    case 'known':
      return [known(context.id)];
    case 'known and made':
      return [known(context.id), made(9)];
    case 'a text':
      return 'text';
    case 'a map':
      return { n: 9 };
    case 'fail':
      throw new Error('not found');
    case 'code':
      throw new Parse.Error(999, 'mine');
    case 'silent':
      throw undefined;
  }
});

Parse.Cloud.afterFind('Results', async ({ objects, context }) => {
  switch (context.do) {
    case 'set':
      objects.forEach(object => object.set('extra', { n: object.get('n') }));
      break;
    case 'unset':
      objects.forEach(object => object.unset('n'));
      break;
    case 'filter':
      return objects.filter(object => object.get('n') > 1);
    case 'none':
      return [];
    case 'null':
      return null;
    case 'false':
      return false;
    case 'made':
      return [new Parse.Object('Results', { n: 9, made: true })];
    case 'of another class':
      return [new Parse.Object('Another', { n: 9 })];
    case 'maps':
      return [{ n: 9 }];
    case 'fail':
      throw new Error('not found');
    case 'code':
      throw new Parse.Error(999, 'mine');
    case 'silent':
      throw undefined;
  }
});
