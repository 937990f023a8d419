// Find triggers of users for the fixtures; readers.py is the same for parsepy.
'use strict';

const fired = [];

Parse.Cloud.beforeFind('_User', ({ triggerName, isGet, master }) => {
  fired.push(`${triggerName} ${isGet ? 'get' : 'find'}${master ? ' master' : ''}`);
});
Parse.Cloud.afterFind('_User', ({ objects, triggerName }) => {
  fired.push(triggerName);
  objects.forEach(object => object.set('found', true));
  return objects;
});

Parse.Cloud.define('fired', () => fired.splice(0));
