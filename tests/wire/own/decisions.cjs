// Functions that the options of the fixtures name; decisions.py is the same for parsepy. Addresses
// of users say what the functions do.
'use strict';

// What a function was called with, in texts that do not differ from run to run.
function told({ object, original, master, ip, installationId, createdWith, resendRequest }) {
  return JSON.stringify({
    email: object.get('email'),
    before: original ? original.get('email') : null,
    master: master,
    ip: typeof ip,
    installation: installationId || null,
    createdWith: createdWith || null,
    resend: resendRequest || false,
  });
}

function decided(word, request) {
  const name = (request.object.get('email') || '').split('@')[0];
  if (name === `${word}-tell`) {
    throw new Parse.Error(2001, told(request));
  }
  if (name === `${word}-mine`) {
    throw new Parse.Error(2000, 'mine');
  }
  return name === `${word}-truthy` ? 'yes' : name !== `${word}-no`;
}

const confirm = request => decided('confirm', request);
const keep = async request => decided('keep', request);
const mail = async ({ user }) => user.get('email') !== 'mail-no@example.com';
const good = password => password.includes('good');
const address = async () => 'http://asked.example/parse';

const fill = ({ appName, locale }) => ({ word: `${appName} in ${locale || 'none'}` });
const page = req => ({ file: 'words.html', query: { title: req.query.title, hello: req.method } });
const form = async req => ({
  file: 'words.html',
  query: { title: req.body.title, hello: req.method },
});
const nothing = () => undefined;
const nowhere = () => ({ file: 'none.html' });
const outside = () => ({ file: '../own/decisions.cjs' });

module.exports = {
  confirm,
  keep,
  mail,
  good,
  address,
  fill,
  page,
  form,
  nothing,
  nowhere,
  outside,
};
