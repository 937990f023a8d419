// The cloud code of parse-server in the benchmark; cloud.py is the same for parsepy.
'use strict';

Parse.Cloud.define('hello', async request => `Hello, ${request.params.name}!`);

Parse.Cloud.beforeSave('BenchChecked', async request => {
  const score = request.object.get('score');
  if (score === undefined || score < 0) {
    throw new Error('a score has to be given');
  }
  request.object.set('checked', true);
});
