// Starts the npm parse-server for tests. PARSE_REFERENCE holds JSON: {port, mountPath, options}.
// Prints "ready" once requests are answered. The option `emailAdapter: "silent"` is an adapter that
// takes every mail and sends none, `auth.mfa.sendSMS: "silent"` does so with messages. Any text
// "code:file.name" among the options is what tests/wire/own/file.cjs exports under that name.
'use strict';

const http = require('node:http');
const path = require('node:path');
const express = require('express');
const { ParseServer } = require('parse-server');

async function main() {
  const { port, mountPath, options } = JSON.parse(process.env.PARSE_REFERENCE);
  const parseServer = new ParseServer(withSilentMessages(withSilentMail(withOwnCode(options))));
  await parseServer.start();

  const app = express();
  app.use(mountPath, parseServer.app);
  const server = http.createServer(app);
  if (options.startLiveQueryServer) {
    await ParseServer.createLiveQueryServer(server, options.liveQueryServerOptions ?? {}, options);
  }
  server.listen(port, '127.0.0.1', () => console.log('ready'));
}

function withOwnCode(value) {
  if (typeof value === 'string' && value.startsWith('code:')) {
    const [file, name] = value.slice('code:'.length).split('.');
    return require(path.join(__dirname, '..', 'wire', 'own', `${file}.cjs`))[name];
  }
  if (Array.isArray(value)) {
    return value.map(withOwnCode);
  }
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withOwnCode(each)]));
  }
  return value;
}

function withSilentMail(options) {
  return options.emailAdapter === 'silent'
    ? { ...options, emailAdapter: { sendMail: async () => {} } }
    : options;
}

function withSilentMessages(options) {
  const mfa = options.auth?.mfa;
  return mfa?.sendSMS === 'silent'
    ? { ...options, auth: { ...options.auth, mfa: { ...mfa, sendSMS: async () => {} } } }
    : options;
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
