// Triggers of files for the fixtures in compat_fixtures/files; files.py is the same for parsepy.
'use strict';

const seen = [];

const note = ({ triggerName, file, fileSize, stream, master }) =>
  seen.push({
    triggerName,
    name: file.name(),
    url: file.url() ?? null,
    size: fileSize ?? null,
    stream: stream === true,
    master,
    metadata: file.metadata(),
    tags: file.tags(),
    directory: file.directory() ?? null,
  });

Parse.Cloud.define('seen', () => seen.splice(0));

Parse.Cloud.beforeSave(Parse.File, async request => {
  const { file } = request;
  note(request);
  switch (file.name()) {
    case 'renamed.txt':
      return new Parse.File('new.txt', { base64: await file.getData() });
    case 'replaced.txt': {
      const other = new Parse.File('other.csv', { base64: Buffer.from('a;b').toString('base64') });
      other.setMetadata({ by: 'trigger' });
      return other;
    }
    case 'described.txt':
      file.addMetadata('by', 'trigger');
      file.addTag('tag', 'x');
      return undefined;
    case 'moved.txt':
      file.setDirectory('deep/er');
      return undefined;
    case 'elsewhere.txt': {
      const there = new Parse.File('there.txt');
      there._url = 'http://somewhere.test/there.txt';
      return there;
    }
    case 'refused.txt':
      throw new Error('refused');
    case 'coded.txt':
      throw new Parse.Error(999, 'not today');
    case 'silent.txt':
      throw null;
  }
});

Parse.Cloud.afterSave(Parse.File, request => {
  note(request);
  if (request.file.name() === 'late.txt') throw new Error('too late');
});

Parse.Cloud.beforeDelete(Parse.File, request => {
  note(request);
  if (request.file.name() === 'kept.txt') throw new Error('kept');
  if (request.file.name() === 'silent.txt') throw null;
});

Parse.Cloud.afterDelete(Parse.File, request => {
  note(request);
  if (request.file.name() === 'gone.txt') throw new Parse.Error(999, 'gone already');
});

Parse.Cloud.beforeFind(Parse.File, ({ file }) => {
  switch (file.name()) {
    case 'pointing.txt':
      return { file: new Parse.File('new.txt') };
    case 'closed.txt':
      throw new Error('closed');
    case 'coded.txt':
      throw new Parse.Error(101, 'nothing here');
    case 'silent.txt':
      throw null;
  }
});

Parse.Cloud.afterFind(Parse.File, request => {
  switch (request.file.name()) {
    case 'hidden.txt':
      throw new Error('hidden');
    case 'changed.txt':
      return {
        file: new Parse.File('c.csv', { base64: Buffer.from('c;d').toString('base64') }),
      };
    case 'saved.txt':
      request.forceDownload = true;
      request.responseHeaders['X-Mine'] = 'yes';
  }
});
