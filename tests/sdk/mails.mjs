// The mails that the server under test has sent, and the links in them.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

const { PARSE_MAILS, PARSE_SERVER_URL } = process.env;
const PUBLIC_URL = 'http://stories.example/parse';
const PATIENCE = 20_000;
const BETWEEN_LOOKS = 50;

export async function mailsTo(address) {
  const lines = (await readFile(PARSE_MAILS, 'utf8')).split('\n').filter(Boolean);
  return lines.map(line => JSON.parse(line)).filter(mail => mail.to === address);
}

// Mails leave after the answer: this waits until that many have been sent to the address.
export async function awaitMails(address, count) {
  const until = Date.now() + PATIENCE;
  let mails = await mailsTo(address);
  while (mails.length < count) {
    assert.ok(Date.now() < until, `${mails.length} of ${count} mails came to ${address}`);
    await setTimeout(BETWEEN_LOOKS);
    mails = await mailsTo(address);
  }
  assert.equal(mails.length, count);
  return mails;
}

// The link of a mail, at the server under test.
export function linkIn(mail) {
  const [link] = mail.text.match(/https?:\/\/\S+/);
  assert.ok(link.startsWith(PUBLIC_URL), link);
  return link.replace(PUBLIC_URL, PARSE_SERVER_URL);
}

export const tokenIn = mail => new URL(linkIn(mail)).searchParams.get('token');
