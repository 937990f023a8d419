// Triggers of the fixtures in compat_fixtures/triggers; triggers.py is the same for parsepy.
'use strict';

Parse.Cloud.beforeSave('Game', ({ object, context }) => {
  context.before = true;
  switch (object.get('do')) {
    case 'set':
      object.set('added', { a: 1 });
      break;
    case 'change':
      object.set('sent', 'other');
      break;
    case 'unset':
      object.unset('sent');
      break;
    case 'increment':
      object.increment('n', 2);
      break;
    case 'revert':
      object.revert('sent');
      break;
    case 'acl':
      object.setACL(new Parse.ACL({ '*': { read: true } }));
      break;
    case 'same':
      object.set('sent', object.get('sent'));
      break;
    case 'refuse':
      throw new Parse.Error(999, 'mine');
    case 'fail':
      throw new Error('not mine');
    case 'nothing':
      throw undefined;
    case 'denied':
      object.set('added', { _bsontype: 'Code' });
      break;
    case 'keys':
      object.set('keys', object.dirtyKeys().sort());
      break;
  }
});

Parse.Cloud.afterSave('Answered', ({ object, context }) => {
  switch (object.get('do')) {
    case 'map':
      return { custom: 1 };
    case 'set':
      object.set('extra', 5);
      break;
    case 'unset':
      object.unset('sent');
      break;
    case 'fail':
      throw new Error('not told');
  }
});

Parse.Cloud.beforeSave('Passed', ({ context }) => {
  context.before = true;
});
Parse.Cloud.afterSave('Passed', ({ object, context }) => {
  object.set('seen', { ...context });
});

Parse.Cloud.beforeDelete('Kept', () => {
  throw new Error('kept');
});
Parse.Cloud.afterDelete('Gone', () => {
  throw new Error('gone already');
});

Parse.Cloud.beforeFind('Found', ({ query, isGet, count, master }) => {
  if (!master) {
    query.equalTo('open', true);
  }
  query.exclude('secret');
});
Parse.Cloud.afterFind('Found', ({ objects }) => {
  objects.forEach(object => object.set('seen', true));
  return objects.filter(object => object.get('n') !== 2);
});
Parse.Cloud.beforeFind('Closed', () => {
  throw 'closed';
});
Parse.Cloud.beforeFind('Made', () => [new Parse.Object('Made', { made: 1 })]);

Parse.Cloud.beforeLogin(({ object }) => {
  if (object.get('banned')) {
    throw new Parse.Error(2000, 'banned');
  }
});
