// What a subscription has told, one event after the other.

import assert from 'node:assert/strict';
import { Parse } from './client.mjs';

const PATIENCE = 60_000;
const EVENTS = ['create', 'enter', 'update', 'leave', 'delete', 'open', 'close', 'error'];

// Collects the events of a subscription, or of a client, from now on.
export class Ear {
  #events = [];
  #waiting = null;

  constructor(emitter, events = EVENTS) {
    for (const event of events) {
      emitter.on(event, (object, second) => {
        // Without an original, the second is what the frame says of its client.
        const original = second instanceof Parse.Object ? second : undefined;
        this.#hear({ event, object, original });
      });
    }
  }

  #hear(one) {
    this.#events.push(one);
    this.#waiting?.();
  }

  get isSilent() {
    return this.#events.length === 0;
  }

  // The next event that has not been taken yet; nothing else may have come before it.
  async next(event) {
    if (this.#events.length === 0) {
      await new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no ${event} came`)), PATIENCE);
        this.#waiting = () => {
          clearTimeout(timer);
          this.#waiting = null;
          resolve();
        };
      });
    }
    const one = this.#events.shift();
    assert.equal(one.event, event, JSON.stringify(one));
    return one;
  }
}

// A subscription that the server has confirmed, and what it tells.
export async function subscribed(query, sessionToken, events = EVENTS) {
  const subscription = await query.subscribe(sessionToken);
  const ear = new Ear(subscription, events);
  await ear.next('open');
  return { subscription, ear };
}
