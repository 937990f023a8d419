// Triggers around sessions for the fixtures in compat_fixtures/accounts; accounts.py is the same
// for parsepy. `do` of a user says which of them refuses.
'use strict';

let notes = [];
Parse.Cloud.define('seen', () => {
  const taken = notes;
  notes = [];
  return taken;
});

const note = ({ triggerName, object, user, context, master, installationId }) => {
  const fields = object.toJSON();
  notes.push({
    triggerName,
    object: { ...fields, sessionToken: fields.sessionToken ? 'there' : null },
    user: user ? [user.id, Boolean(user.getSessionToken())] : null,
    context: context ? { ...context } : null,
    master,
    installationId: installationId || null,
  });
  if (object.get('do') === `${triggerName} text`) throw 'a text';
  if (object.get('do') === `${triggerName} code`) throw new Parse.Error(2000, 'mine');
  if (object.get('do') === `${triggerName} silent`) throw undefined;
};

Parse.Cloud.beforeLogin(note);
Parse.Cloud.afterLogin(note);
Parse.Cloud.afterLogout(note);
Parse.Cloud.beforePasswordResetRequest(note);
Parse.Cloud.define('isFresh', ({ user }) => user.get('n'));
