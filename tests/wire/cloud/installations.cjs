// Triggers of installations for the fixtures in compat_fixtures/installations; installations.py is
// the same for parsepy.
'use strict';

let notes = [];

Parse.Cloud.define('seen', () => {
  const taken = notes;
  notes = [];
  return taken;
});

Parse.Cloud.define('register', async ({ params }) => {
  const one = new Parse.Installation();
  await one.save(
    { installationId: params.installationId, deviceType: 'embedded', note: 'cloud' },
    { useMasterKey: true }
  );
  return one.get('note');
});

const see = ({ triggerName, object, original }) => {
  notes.push([triggerName, object.get('installationId') ?? null, Boolean(original)]);
};

Parse.Cloud.beforeSave('_Installation', request => {
  see(request);
  if (request.object.get('installationId') === 'refused') {
    throw new Parse.Error(999, 'not this one');
  }
  request.object.set('note', 'seen');
});
Parse.Cloud.afterSave('_Installation', see);
Parse.Cloud.beforeDelete('_Installation', see);
Parse.Cloud.afterDelete('_Installation', see);
