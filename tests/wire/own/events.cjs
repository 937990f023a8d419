// The analytics adapter of the fixtures in compat_fixtures/events; events.py is the same for parsepy.
'use strict';

exports.adapter = {
  appOpened: parameters => ({ opened: parameters }),
  trackEvent: async (name, parameters) => {
    if (name === 'fails') {
      throw new Error('on purpose');
    }
    return name === 'silent' ? undefined : { name, parameters };
  },
};
