// Starts the npm parse-server for tests. PARSE_REFERENCE holds JSON: {port, mountPath, options}.
// Prints "ready" once requests are answered. The option `emailAdapter: "silent"` is an adapter that
// takes every mail and sends none, `auth.mfa.sendSMS: "silent"` does so with messages.
'use strict';

const http = require('node:http');
const express = require('express');
const { ParseServer } = require('parse-server');

async function main() {
  const { port, mountPath, options } = JSON.parse(process.env.PARSE_REFERENCE);
  const parseServer = new ParseServer(withSilentMessages(withSilentMail(options)));
  await parseServer.start();

  const app = express();
  app.use(mountPath, parseServer.app);
  http.createServer(app).listen(port, '127.0.0.1', () => console.log('ready'));
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
