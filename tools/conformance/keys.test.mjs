// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// What Coveo's own client does with API keys beyond their life: copies, bulk calls, templates, and who may do what.

import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {Client, domains, erasurePrivilege, loggingPrivilege, overviewPrivilege, refused, wholeKey} from './client.mjs';
import {startSimulator} from './simulator.mjs';

let coveo;
let administrator;

before(async () => {
    coveo = await startSimulator();
    administrator = new Client(coveo);
});

after(async () => {
    await coveo?.stop();
});

test('extend postpones a deactivation and changes nothing else', async () => {
    const key = await administrator.apiKey.create({displayName: 'extended', privileges: [overviewPrivilege], lifetimeDuration: 'P30D'});
    const before = await administrator.apiKey.get(key.id);
    await administrator.apiKey.extend(key.id);
    assert.deepEqual(await administrator.apiKey.get(key.id), before);
    await refused(administrator.apiKey.extend('nosuchkey'), 404);
});

test('duplicate makes another key of the same kind', async () => {
    const source = await administrator.apiKey.create({
        displayName: 'source',
        description: 'd',
        privileges: [overviewPrivilege, erasurePrivilege],
        allowedIps: ['203.0.113.0/24'],
    });
    const copy = await administrator.apiKey.duplicate(source.id, {displayName: 'copy', lifetimeDuration: 'P1M'});
    assert.match(copy.value, wholeKey);
    assert.notEqual(copy.value, source.value);
    assert.notEqual(copy.id, source.id);
    assert.equal(copy.displayName, 'copy');
    assert.equal(copy.description, 'd');
    assert.deepEqual(copy.allowedIps, ['203.0.113.0/24']);
    assert.deepEqual(domains(copy), domains(source));
    assert.ok(copy.expirationDate > copy.createdDate);
    await new Client(coveo, copy.value).subjects.overview('someone');
});

test('rotate makes a successor by a secret, and the old key ends', async () => {
    const old = await administrator.apiKey.create({displayName: 'rotated', privileges: [overviewPrivilege], rotationEnabled: true});
    assert.ok(old.rotationSecret);
    const successor = await administrator.rotation.rotate({
        rotationSecret: old.rotationSecret,
        newKeyExpirationPeriod: 'P90D',
        previousKeyExpirationPeriod: 'PT1H',
    });
    assert.match(successor.value, wholeKey);
    assert.notEqual(successor.id, old.id);
    assert.deepEqual(domains(successor), domains(old));
    for (const value of [old.value, successor.value]) {
        await new Client(coveo, value).subjects.overview('someone');
    }
    await coveo.tell('advance', {by: '2h'});
    await refused(new Client(coveo, old.value).subjects.overview('someone'), 401);
    await new Client(coveo, successor.value).subjects.overview('someone');
    await refused(administrator.rotation.rotate({rotationSecret: old.rotationSecret}), 412);
    assert.equal((await administrator.apiKey.get(old.id)).rotationSecret, undefined, 'a read shows no secret');
});

test('several keys are disabled, activated and deleted at once', async () => {
    const ids = [];
    for (const displayName of ['bulk-1', 'bulk-2', 'bulk-3']) {
        ids.push((await administrator.apiKey.create({displayName, privileges: [overviewPrivilege]})).id);
    }
    const enabled = async () => (await administrator.apiKey.list()).filter(({id}) => ids.includes(id)).map((key) => key.enabled);

    await administrator.apiKey.disable(ids);
    assert.deepEqual(await enabled(), [false, false, false]);
    await administrator.apiKey.activate(ids.slice(0, 2));
    assert.deepEqual(await enabled(), [true, true, false]);
    await refused(administrator.apiKey.delete([ids[0], 'nosuchkey']), 412);
    assert.equal((await enabled()).length, 3, 'all or none');
    await administrator.apiKey.delete(ids.slice(1));
    assert.equal((await enabled()).length, 1);
    await administrator.apiKey.delete([ids[0]]);
    assert.deepEqual(await enabled(), []);

    const {BulkDisableAPIKeys, BulkActivateAPIKeys, BulkDeleteAPIKeys, DeleteAPIKey} = await coveo.look('calls');
    assert.deepEqual({BulkDisableAPIKeys, BulkActivateAPIKeys, BulkDeleteAPIKeys, DeleteAPIKey}, {
        BulkDisableAPIKeys: 1,
        BulkActivateAPIKeys: 1,
        BulkDeleteAPIKeys: 2,
        DeleteAPIKey: 1,
    });
});

test('a template decides what a key may do, and eligibility who can use it', async () => {
    const template = await administrator.apiKeyTemplate.get('AuthenticatedSearch');
    const key = await administrator.apiKey.create({displayName: 'of a template'}, {apiKeyTemplateId: 'AuthenticatedSearch'});
    assert.equal(key.apiKeyTemplateId, 'AuthenticatedSearch');
    assert.equal(key.privacyLevel, template.privacyLevel);
    assert.deepEqual(domains(key), domains(template));
    await refused(administrator.apiKeyTemplate.get('NoSuchTemplate'), 404);
    await refused(administrator.apiKey.create({displayName: 'x', privileges: [loggingPrivilege]}, {apiKeyTemplateId: 'AuthenticatedSearch'}), 412);

    const eligible = await administrator.apiKeyTemplate.listAPIKeysEligibility();
    assert.ok(eligible.length >= 2);
    assert.ok(eligible.every(({canGenerate, missingPrivileges}) => canGenerate && missingPrivileges.length === 0));
});

test('privileges are listed: all, those of keys, and mine', async () => {
    const named = (list) => list.map(({owner, targetDomain, type}) => [owner, targetDomain, type].join('/')).sort();
    const all = named(await administrator.organization.listPrivileges());
    const ofKeys = named(await administrator.organization.listApiKeysPrivileges());
    const ofCustomKeys = named(await administrator.organization.listApiKeysPrivileges({filter: 'CUSTOM'}));
    assert.deepEqual(ofCustomKeys, ofKeys);
    assert.ok(ofKeys.every((name) => all.includes(name)));
    assert.deepEqual(named(await administrator.organization.listMyPrivileges()), all);
    assert.deepEqual(named(await administrator.organization.members.getPrivileges()), all);

    const key = await administrator.apiKey.create({displayName: 'mine', privileges: [overviewPrivilege, loggingPrivilege]});
    const mine = await new Client(coveo, key.value).organization.listMyPrivileges();
    assert.deepEqual(named(mine), named(key.privileges));
    await refused(new Client(coveo, key.value).organization.listPrivileges(), 403);
});

test('who has access to a domain is listed', async () => {
    const eraser = await administrator.apiKey.create({displayName: 'eraser', privileges: [erasurePrivilege]});
    const asked = {
        privilegeOwner: erasurePrivilege.owner,
        privilegeTargetDomain: erasurePrivilege.targetDomain,
        accessLevel: ['EDIT_ALL', 'VIEW_ALL', 'CUSTOM'],
    };
    const keys = await administrator.organizationAccess.getApiKeys(asked);
    assert.ok(keys.some(({id, privilegeHolderType}) => id === eraser.id && privilegeHolderType === 'API_KEY'));
    const groups = await administrator.organizationAccess.getGroups(asked);
    assert.deepEqual(groups.map(({displayName, callerPartOf}) => [displayName, callerPartOf]), [['Administrators', true]]);
    const without = await administrator.organizationAccess.getGroups({...asked, accessLevel: ['NONE']});
    assert.ok(without.length > 0 && without.every(({accessLevel}) => accessLevel === 'NONE'));
});

test('the organization knew every request', async () => {
    assert.deepEqual(await coveo.look('problems'), []);
});
