// Triggers of the config for the fixtures in compat_fixtures/config; config.py is the same for parsepy.
'use strict';

const seen = [];

const watch = request => {
  const { triggerName, object, original, master, context } = request;
  seen.push({
    triggerName,
    values: object.attributes,
    before: original ? original.attributes : null,
    master,
    context,
  });
  const how = object.get('how');
  if (how && how.when === triggerName) {
    switch (how.throw) {
      case 'text':
        throw new Error('refused');
      case 'code':
        throw new Parse.Error(999, 'not today');
      case 'nothing':
        throw null;
    }
  }
};

Parse.Cloud.define('seen', () => seen.splice(0));
Parse.Cloud.beforeSave(Parse.Config, watch);
Parse.Cloud.afterSave(Parse.Config, watch);
