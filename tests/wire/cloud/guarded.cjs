// Functions and triggers with validators, for the fixtures in compat_fixtures/validators;
// guarded.py is the same for parsepy.
'use strict';

const guarded = (name, validator) => Parse.Cloud.define(name, () => 'ran', validator);
const echo = (name, validator) => Parse.Cloud.define(name, ({ params }) => params, validator);

guarded('anyRole', { requireAnyUserRoles: ['Reader', 'Writer'] });
guarded('allRoles', { requireAllUserRoles: ['Reader', 'Writer'] });
guarded('anyRoleAsked', { requireAnyUserRoles: () => ['Writer'] });
guarded('allRolesAsked', { requireAllUserRoles: async () => ['Reader', 'Writer'] });
guarded('listedKeys', { requireUserKeys: ['nick', 'level'] });
guarded('judgedKeys', {
  requireUserKeys: {
    nick: { options: ['a', 'b'] },
    level: { options: value => value > 3, error: 'too low' },
  },
});
guarded('userAlsoForMaster', { requireUser: true, validateMasterKey: true });
guarded('fieldAlsoForMaster', { fields: ['a'], validateMasterKey: true });
guarded('skipped', { requireUser: true, skipWithMasterKey: true });
guarded('both', { requireUser: true, requireMaster: true, fields: ['a'] });

echo('single', { fields: { a: { options: 5 } } });
echo('list', { fields: { a: { options: [1, 'x', true], error: 'one of three' } } });
echo('judged', {
  fields: {
    a: {
      options: async value => {
        if (value === 'text') throw 'a text';
        if (value === 'error') throw new Error('an error');
        if (value === 'code') throw new Parse.Error(999, 'mine');
        if (value === 'silent') throw undefined;
        return { no: false, zero: 0, none: null, nothing: undefined, yes: true }[value];
      },
    },
  },
});
echo('typed', {
  fields: {
    string: { type: String },
    number: { type: Number },
    boolean: { type: Boolean },
    array: { type: Array },
    object: { type: Object },
  },
});
echo('defaults', {
  fields: { zero: { default: 0 }, no: { default: false }, list: { default: [1] }, text: { default: '' } },
});
echo('requiredDefault', { fields: { a: { required: true, default: 1, type: Number, options: [1, 2] } } });
echo('constant', { fields: { a: { constant: true, default: 1 } } });
guarded('decided', ({ params }) => {
  if (params.how === 'text') throw 'a text';
  if (params.how === 'error') throw new Error('an error');
  if (params.how === 'code') throw new Parse.Error(500, 'mine');
  if (params.how === 'silent') throw undefined;
  return false;
});

const ran = ({ object }) => object.set('ran', true);
Parse.Cloud.beforeSave('ForUsers', ran, { requireUser: true });
Parse.Cloud.beforeSave('ForMaster', ran, { requireMaster: true });
Parse.Cloud.beforeSave('ForWriters', ran, { requireAnyUserRoles: ['Writer'] });
Parse.Cloud.beforeSave('Listed', ran, { fields: ['a'] });
Parse.Cloud.beforeSave('Skipping', ran, { skipWithMasterKey: true });
Parse.Cloud.beforeSave('Judged', ran, { fields: ['a'], validateMasterKey: true });
Parse.Cloud.beforeSave('Shaped', () => {}, {
  fields: {
    needed: { required: true, type: String },
    given: { default: 'x' },
    kept: { constant: true, default: 1 },
    fixed: { constant: true },
    option: { options: ['a', 'b'] },
  },
});
Parse.Cloud.beforeSave('Decided', () => {}, ({ object }) => {
  if (object.get('how') === 'text') throw 'a text';
  if (object.get('how') === 'code') throw new Parse.Error(999, 'mine');
});
Parse.Cloud.afterSave('Saved', ({ object }) => object.set('seen', true), { fields: ['a'] });
Parse.Cloud.beforeDelete('Deleted', () => {}, { requireUser: true });
Parse.Cloud.afterDelete('After', () => {}, { requireUser: true });
Parse.Cloud.beforeFind('Found', ({ query }) => query.equalTo('open', true), { requireUser: true });
Parse.Cloud.beforeFind('FoundOf', () => {}, { fields: ['a'] });
Parse.Cloud.beforeFind('FoundSkipping', ({ query }) => query.equalTo('open', true), {
  skipWithMasterKey: true,
});
Parse.Cloud.afterFind('Results', () => [], { requireUser: true });
Parse.Cloud.afterFind('ResultsSkipping', () => [], { skipWithMasterKey: true });
Parse.Cloud.beforeSave(Parse.User, () => {}, { requireUser: true, requireUserKeys: ['nick'] });
Parse.Cloud.beforeSave(Parse.Config, () => {}, { fields: ['a'], validateMasterKey: true });
Parse.Cloud.beforeSave(Parse.File, () => {}, { requireUser: true });
