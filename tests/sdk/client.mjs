// The SDK, pointed at the server under test, and the few words that the stories share.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import Parse from 'parse/node';

const { PARSE_APP_ID, PARSE_JAVASCRIPT_KEY, PARSE_MASTER_KEY, PARSE_SERVER_URL } = process.env;

Parse.initialize(PARSE_APP_ID, PARSE_JAVASCRIPT_KEY, PARSE_MASTER_KEY);
Parse.serverURL = PARSE_SERVER_URL;

export { Parse };

export const asMaster = { useMasterKey: true };

// Options that make a call in the name of a user.
export const as = user => ({ sessionToken: user.getSessionToken() });

// A request that the classes of the SDK would not make.
export const rest = (method, path, body = {}, options = {}) =>
  Parse.CoreManager.getRESTController().request(method, path, body, options);

export const uniqueName = prefix => `${prefix}-${randomUUID()}`;

// A signed-up user that knows its session token.
export function newUser(prefix = 'user') {
  return Parse.User.signUp(uniqueName(prefix), 'password');
}

// Who a token belongs to; `become` would make it the current user of the whole process.
export const owner = user => Parse.User.me(user.getSessionToken());

// A log-in from another device: a second one from the same device ends the first.
export const logInElsewhere = (username, password) =>
  Parse.User.logIn(username, password, { installationId: randomUUID() });

export async function create(className, attributes, options = {}) {
  return new Parse.Object(className).save(attributes, options);
}

// Saves one object per set of attributes, in one batch, and gives them in that order.
export function createAll(className, rows) {
  return Parse.Object.saveAll(rows.map(row => new Parse.Object(className, row)));
}

// The object as the server has it now.
export function fetched(object, options = {}) {
  return new Parse.Query(object.className).get(object.id, options);
}

// What `key` holds in the objects found, sorted unless the query has an order.
export async function found(query, key = 'name', options = {}) {
  const values = (await query.find(options)).map(object => object.get(key));
  return query.toJSON().order === undefined ? values.sort() : values;
}

export async function refused(promise, code, message) {
  const error = await promise.then(
    value => assert.fail(`not refused: ${JSON.stringify(value)}`),
    reason => reason,
  );
  assert.equal(error.code, code, `${error.code} ${error.message}`);
  if (message !== undefined) {
    assert.equal(error.message, message);
  }
  return error;
}

// A refusal at the door, before the server knows what is asked: it has a text only.
export async function refusedWithoutCode(promise, message) {
  await refused(promise, undefined, message);
}
