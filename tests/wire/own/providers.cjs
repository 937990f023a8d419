// Log-in providers of the fixtures; providers.py is the same for parsepy.
'use strict';

// What a hook was called with, in texts that do not differ from run to run.
function told(authData, options, request) {
  const data = user => (user && user.get('authData')) || null;
  return JSON.stringify({
    trigger: request.triggerName || null,
    user: request.user ? request.user.get('username') : null,
    original: request.original ? request.original.get('username') : null,
    before: data(request.original),
    after: data(request.object),
    master: request.master,
    challenge: request.isChallenge || false,
    options: Object.keys(options || {}).filter(key => key.startsWith('own')).sort(),
  });
}

function behaved(authData, options, request) {
  switch (authData.do) {
    case 'mine':
      throw new Parse.Error(999, 'mine');
    case 'error':
      throw new Error('an error');
    case 'nothing':
      throw undefined;
    case 'tell':
      throw new Error(told(authData, options, request));
    case 'save':
      return { save: { id: authData.id, kept: true } };
    case 'save nothing':
      return { save: {} };
    case 'save null':
      return { save: null, response: { saved: 'as sent' } };
    case 'respond':
      return { response: { hello: 'you' } };
    case 'leave':
      return { doNotSave: true };
    case 'all':
      return { save: { id: 'other' }, doNotSave: true, response: { none: true } };
    case 'empty':
      return {};
  }
}

class Badge {
  async validateAuthData(authData, options, request) {
    return behaved(authData, options, request);
  }
}

class Stages {
  validateSetUp(authData, options, request) {
    return behaved(authData, options, request) || { response: { stage: request.triggerName } };
  }
  async validateLogin(authData, options, request) {
    return behaved(authData, options, request) || { response: { stage: request.triggerName } };
  }
  async validateUpdate(authData, options, request) {
    return behaved(authData, options, request) || { response: { stage: request.triggerName } };
  }
}

const badge = new Badge();
const stages = new Stages();
const half = { validateSetUp: async () => {} };
const odd = { policy: 'other', validateAuthData: async () => {} };
const solo = { policy: 'solo', validateAuthData: async () => {} };
const second = { policy: 'additional', validateAuthData: async () => {} };
const third = { policy: 'additional', validateAuthData: async () => {} };
const chosen = {
  policy: (request, stored) => (stored.strict ? 'additional' : 'default'),
  validateAuthData: async () => {},
};
const known = {
  validateAppId: async (appIds, authData) => {
    if (!appIds.includes(authData.app)) {
      throw new Parse.Error(101, 'another app');
    }
  },
  validateAuthData: async () => {},
};
const secretive = {
  validateAuthData: async () => {},
  afterFind: (authData, options, request) =>
    request.master ? undefined : { id: authData.id, seen: true },
};
const asking = {
  validateAuthData: async authData => {
    if (authData.wrong) {
      throw new Error('never told');
    }
  },
  challenge: async (challengeData, authData, options, request) => {
    switch (challengeData && challengeData.do) {
      case 'mine':
        throw new Parse.Error(999, 'mine');
      case 'error':
        throw new Error('an error');
      case 'nothing':
        throw undefined;
      case 'silent':
        return undefined;
      case 'tell':
        return { told: told(authData, options, request), sent: authData || null };
    }
    return { got: challengeData };
  },
};

module.exports = { badge, stages, half, odd, solo, second, third, chosen, known, secretive, asking };
