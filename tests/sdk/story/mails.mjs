// What goes by mail: an address is confirmed, a forgotten password is set anew.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Parse,
  as,
  asMaster,
  fetched,
  logInElsewhere,
  owner,
  refused,
  uniqueName,
} from '../client.mjs';
import { awaitMails, linkIn, mailsTo, tokenIn } from '../mails.mjs';

const username = uniqueName('ada');
const email = `${username}@example.com`;
let ada;
let mails = 0;

const isVerified = async () => (await fetched(ada, asMaster)).get('emailVerified');

async function newMail(address = email) {
  mails += 1;
  return (await awaitMails(address, mails)).at(-1);
}

// What the form of the page sends.
function sendForm(link, password) {
  const token = new URL(link).searchParams.get('token');
  const body = new URLSearchParams({ username, token, new_password: password });
  return fetch(link.split('?')[0], { method: 'POST', body, redirect: 'manual' });
}

test('a sign-up with an address sends a mail to it', async () => {
  ada = await new Parse.User({ username, email, password: 'first' }).signUp();

  const mail = await newMail();

  assert.match(mail.subject, /Stories/);
  assert.match(tokenIn(mail), /^[A-Za-z0-9]{25}$/);
  assert.equal(await isVerified(), false);
});

test('the link is sent again on request, with another token', async () => {
  const [before] = await mailsTo(email);

  await Parse.User.requestEmailVerification(email);

  assert.notEqual(tokenIn(await newMail()), tokenIn(before));
});

test('the link of the last mail confirms the address, once', async () => {
  const [first, last] = await mailsTo(email);

  await fetch(linkIn(first));
  assert.equal(await isVerified(), false);
  const page = await fetch(linkIn(last));

  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-type'), /^text\/html/);
  assert.equal(await isVerified(), true);
  assert.notEqual(await (await fetch(linkIn(last))).text(), await page.text());
});

test('requests answer alike for addresses that are unknown or confirmed', async () => {
  const nobody = `${uniqueName('nobody')}@example.com`;

  assert.deepEqual(await Parse.User.requestEmailVerification(email), {});
  assert.deepEqual(await Parse.User.requestEmailVerification(nobody), {});
  assert.deepEqual(await Parse.User.requestPasswordReset(nobody), {});
  await refused(Parse.User.requestPasswordReset(''), 204);
  await refused(Parse.User.requestEmailVerification(''), 204);
});

test('another address has to be confirmed again', async () => {
  const other = `${uniqueName('other')}@example.com`;

  await ada.save({ email: other }, as(ada));
  const [mail] = await awaitMails(other, 1);
  assert.equal(await isVerified(), false);
  await fetch(linkIn(mail));
  assert.equal(await isVerified(), true);

  await ada.save({ email }, as(ada));
  await newMail();
});

test('a forgotten password is set anew by the link of a mail, and every session ends', async () => {
  const elsewhere = await logInElsewhere(username, 'first');

  await Parse.User.requestPasswordReset(email);
  const link = linkIn(await newMail());
  const page = await fetch(link);
  assert.equal(page.status, 200);
  assert.match(await page.text(), /<form/);
  const answer = await sendForm(link, 'second');

  assert.ok(answer.status === 200 || answer.status === 303, `${answer.status}`);
  await refused(owner(elsewhere), 209);
  await refused(owner(ada), 209);
  await refused(Parse.User.logIn(username, 'first'), 101);
  ada = await Parse.User.logIn(username, 'second');
});

test('the link sets a password once', async () => {
  const link = linkIn((await mailsTo(email)).at(-1));

  await sendForm(link, 'third');

  await refused(Parse.User.logIn(username, 'third'), 101);
  ada = await Parse.User.logIn(username, 'second');
});

test('who remembers the password after all makes the link void', async () => {
  await Parse.User.requestPasswordReset(email);
  const link = linkIn(await newMail());
  await ada.save({ password: 'fourth' }, as(ada));

  await sendForm(link, 'fifth');

  await refused(Parse.User.logIn(username, 'fifth'), 101);
  await Parse.User.logIn(username, 'fourth');
});
