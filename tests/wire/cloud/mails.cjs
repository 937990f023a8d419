// What mail adapters of the fixtures were given; mails.py is the same for parsepy.
'use strict';

const { sent } = require('../own/mail.cjs');

// The last mail to an address.
Parse.Cloud.define('mail', ({ params }) => sent.filter(({ to }) => to === params.to).pop() || null);
Parse.Cloud.define('forget', () => {
  sent.length = 0;
});
Parse.Cloud.define('send', ({ params }) => Parse.Cloud.sendEmail(params));
