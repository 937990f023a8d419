// Jobs of the fixtures in compat_fixtures/jobs; jobs.py is the same for parsepy.
'use strict';

Parse.Cloud.job('quiet', () => {});

Parse.Cloud.job('done', async ({ message }) => {
  await message('half');
  return 'all done';
});

Parse.Cloud.job('told', async ({ message }) => {
  await message('half');
  await message('');
  await message(5);
  return { not: 'a text' };
});

Parse.Cloud.job('failing', async ({ message }) => {
  await message('half');
  throw new Error('broken');
});

Parse.Cloud.job('refusing', () => {
  throw new Parse.Error(999, 'not today');
});

// What the job was called with.
Parse.Cloud.job('seen', ({ params, jobName, headers, when = params.when }) =>
  JSON.stringify({
    jobName,
    title: params.title,
    query: params.query,
    year: when instanceof Date ? when.getUTCFullYear() : null,
    class: params.game?.className,
    place: params.place?.latitude,
    header: headers['x-title'],
  })
);

// parse-server takes the name and never finds it.
Parse.Cloud.job('dotted.name', () => {});

Parse.Cloud.define('start', async ({ params }) => {
  const id = await Parse.Cloud.startJob(params.name, { title: 'from cloud code' });
  return { started: typeof id === 'string' && id.length === 10 };
});
