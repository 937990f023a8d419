// Triggers of saves and removals for the fixtures in compat_fixtures/saves; saves.py is the same
// for parsepy. What they are to do is said by the request's context.
'use strict';

let notes = [];
Parse.Cloud.define('seen', () => {
  const taken = notes;
  notes = [];
  return taken;
});

// How cloud code itself writes.
Parse.Cloud.define('writes', async ({ params }) => {
  const options = { useMasterKey: true, context: { from: params.how } };
  const object = new Parse.Object('Seen', { n: 1 });
  switch (params.how) {
    case 'save':
      await object.save(null, options);
      break;
    case 'save twice':
      await object.save(null, options);
      await object.save({ n: 2 }, options);
      break;
    case 'save all':
      await Parse.Object.saveAll([object], options);
      break;
    case 'a child':
      await new Parse.Object('Parent', { child: object }).save(null, options);
      break;
    case 'destroy':
      await object.save(null, { useMasterKey: true });
      notes = [];
      await object.destroy(options);
      break;
    case 'destroy all':
      await object.save(null, { useMasterKey: true });
      notes = [];
      await Parse.Object.destroyAll([object], options);
      break;
  }
});

const note = ({ triggerName, object, original, context, master, user, installationId }) =>
  notes.push({
    triggerName,
    objectId: object.id || null,
    isNew: object.isNew(),
    existed: object.existed(),
    object: object.toJSON(),
    dirty: object.dirtyKeys().sort(),
    ops: Object.fromEntries(object.dirtyKeys().map(key => [key, object.op(key).toJSON()])),
    original: original ? original.toJSON() : null,
    context: { ...context },
    master,
    user: user ? user.id : null,
    installationId: installationId || null,
  });

for (const kind of ['beforeSave', 'afterSave', 'beforeDelete', 'afterDelete']) {
  Parse.Cloud[kind]('Seen', request => {
    note(request);
    request.context[kind] = true;
  });
}
Parse.Cloud.beforeSave('Renewed', request => {
  request.context = { renewed: true };
});
Parse.Cloud.afterSave('Renewed', note);

const pointer = id => Parse.Object.createWithoutData.call(Parse.Object.extend('Target'), id);

Parse.Cloud.beforeSave('Written', async ({ object, context }) => {
  switch (context.do) {
    case 'pointer':
      object.set('to', pointer(context.id));
      break;
    case 'relation':
      object.relation('all').add(pointer(context.id));
      break;
    case 'illegal':
      object.set('a b', 1);
      break;
    case 'types':
      object.set('when', new Date('2020-01-02T03:04:05.678Z'));
      object.set('point', new Parse.GeoPoint(1, 2));
      object.set('map', { a: [1, null] });
      break;
    case 'add':
      object.add('list', 2);
      object.addUnique('set', 1);
      object.remove('gone', 1);
      break;
    case 'null':
      object.set('n', null);
      break;
    case 'unset':
      object.unset('never');
      break;
    case 'revert':
      object.revert();
      break;
    case 'increment':
      object.increment('n');
      object.increment('n');
      break;
    case 'another type':
      object.set('n', 'text');
      break;
    case 'internal':
      object.set('_rperm', ['*']);
      break;
    case 'whole':
      return { object: { n: 7, whole: true } };
    case 'a map':
      return { n: 7 };
    case 'another object':
      return new Parse.Object('Written', { n: 7 });
    case 'save':
      await new Parse.Object('Target', { by: 'trigger' }).save();
      break;
  }
});

Parse.Cloud.afterSave('Answered', async ({ object, context }) => {
  switch (context.do) {
    case 'object':
      return object;
    case 'another object':
      return Parse.Object.fromJSON({ className: 'Answered', objectId: object.id, n: 7, other: 1 });
    case 'a map':
      return { custom: 1 };
    case 'an empty map':
      return {};
    case 'a text':
      return 'text';
    case 'a list':
      return [1];
    case 'set':
      object.set('extra', { a: 1 });
      break;
    case 'change':
      object.set('n', 9);
      break;
    case 'unset':
      object.unset('n');
      break;
    case 'increment':
      object.increment('n');
      break;
    case 'code':
      throw new Parse.Error(999, 'mine');
  }
});

for (const kind of ['beforeDelete', 'afterDelete']) {
  Parse.Cloud[kind]('Removed', ({ context }) => {
    if (context.do === `${kind} text`) throw 'a text';
    if (context.do === `${kind} code`) throw new Parse.Error(999, 'mine');
    if (context.do === `${kind} silent`) throw undefined;
    if (context.do === `${kind} map`) return { n: 1 };
  });
}
