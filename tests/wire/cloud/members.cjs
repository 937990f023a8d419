// Triggers that change users and sessions for the fixtures; members.py is the same for parsepy.
// What they do is in fields of the user or session, what has run is the answer of "fired".
'use strict';

const fired = [];

async function act(word, { triggerName, object }) {
  switch (word) {
    case 'mine':
      throw new Parse.Error(2000, 'mine');
    case 'error':
      throw new Error('not mine');
    case 'nothing':
      throw undefined;
    case 'set':
      object.set('seen', true);
      break;
    case 'store': {
      const stored = new Parse.User();
      stored.id = object.id;
      await stored.save({ stored: triggerName }, { useMasterKey: true });
    }
  }
}

Parse.Cloud.beforeLogin(request => act(request.object.get('before'), request));
Parse.Cloud.afterLogin(request => act(request.object.get('after'), request));
Parse.Cloud.afterLogout(async request => {
  fired.push(request.triggerName);
  await act(request.object.get('after'), request);
});
Parse.Cloud.beforeSave('_User', ({ object, original, triggerName }) => {
  fired.push(`${triggerName} ${original ? 'update' : 'new'}`);
  switch (object.get('save')) {
    case 'verified':
      object.set('emailVerified', true);
      break;
    case 'taken':
      object.set('authData', { anonymous: { id: 'taken' } });
      break;
    case 'other':
      object.set('authData', { anonymous: { id: 'other' } });
      break;
    case 'name':
      object.set('username', 'renamed');
      break;
    case 'tell':
      throw new Error(JSON.stringify({ data: object.get('authData') || null }));
  }
});
Parse.Cloud.afterSave('_User', ({ original, triggerName }) => {
  fired.push(`${triggerName} ${original ? 'update' : 'new'}`);
});

Parse.Cloud.define('fired', () => fired.splice(0));
