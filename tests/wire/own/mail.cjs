// Mail adapters that keep what they are given for the fixtures; mail.py is the same for parsepy.
'use strict';

const sent = [];

// Tokens differ from run to run.
const bare = text => text.replace(/token=\w+/, 'token=…');

async function sendMail({ to, subject, text }) {
  sent.push({ to, subject, text: bare(text) });
}
const note = kind => async ({ link, appName, user }) => {
  const to = user.get('email') || user.get('username');
  sent.push({ to, kind, link: bare(link), appName, username: user.get('username') });
};

const plain = { sendMail };
const whole = {
  sendMail,
  sendVerificationEmail: note('verification'),
  sendPasswordResetEmail: note('reset'),
};

module.exports = { plain, whole, sent };
