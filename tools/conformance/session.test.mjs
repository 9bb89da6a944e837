// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// A scripted session of Coveo's own npm clients with the embedded organization. The clients were written against the real
// platform: that they work here, unchanged, is what keeps the organization honest. The steps build on each other.

import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import analytics from 'coveo.analytics';

import {Client, domains, erasurePrivilege, impersonatePrivilege, loggingPrivilege, overviewPrivilege, refused, wholeKey} from './client.mjs';
import {startSimulator} from './simulator.mjs';

const alice = 'alice.smith@example.com-google';
const visitor = '29fb0d0a-b5eb-4c20-aff0-9d282df11569';
const query = '11111111-1111-4111-8111-111111111111';

let coveo;
let administrator;

function clientFor(accessToken) {
    return new Client(coveo, accessToken);
}

async function trackerFor(token) {
    const tracker = new analytics.CoveoAnalyticsClient({token, endpoint: coveo.analyticsUrl});
    await tracker.setClientId(visitor);
    return tracker;
}

async function calls(operation) {
    return (await coveo.look('calls'))[operation] ?? 0;
}

before(async () => {
    coveo = await startSimulator('-settle-after', '24h');
    administrator = clientFor(coveo.token);
});

after(async () => {
    await coveo?.stop();
});

test('an API key lives its whole life', async (t) => {
    let key;

    await t.test('create answers the whole value, once', async () => {
        key = await administrator.apiKey.create({
            displayName: 'dsr',
            description: 'handles data subject requests',
            allowedIps: ['203.0.113.0/24'],
            deniedIps: [],
            privileges: [overviewPrivilege, erasurePrivilege],
            lifetimeDuration: 'P90D',
        });
        assert.match(key.value, wholeKey);
        assert.equal(key.enabled, true);
        assert.equal(key.displayName, 'dsr');
        assert.deepEqual(key.allowedIps, ['203.0.113.0/24']);
        assert.deepEqual(domains(key), ['ADMINISTRATE', 'DELETE_USER_ANALYTICS_DATA']);
        assert.ok(key.id);
        assert.ok(key.expirationDate > key.createdDate, 'a lifetime gives an expiration date');
    });

    await t.test('list and get mask the value', async () => {
        const listed = (await administrator.apiKey.list()).filter(({id}) => id === key.id);
        assert.equal(listed.length, 1);
        for (const seen of [listed[0], await administrator.apiKey.get(key.id)]) {
            assert.equal(seen.displayName, 'dsr');
            assert.deepEqual(domains(seen), domains(key));
            assert.doesNotMatch(seen.value, wholeKey);
            assert.match(seen.value, /\*/);
        }
    });

    await t.test('update really changes it, and changes nothing else', async () => {
        const seen = await administrator.apiKey.get(key.id);
        await administrator.apiKey.update({...seen, displayName: 'dsr2', allowedIps: ['203.0.113.10', '198.51.100.0/24']});
        const updated = await administrator.apiKey.get(key.id);
        assert.equal(updated.displayName, 'dsr2');
        assert.deepEqual([...updated.allowedIps].sort(), ['198.51.100.0/24', '203.0.113.10']);
        assert.equal(updated.description, seen.description);
        assert.equal(updated.expirationDate, seen.expirationDate);
        assert.deepEqual(domains(updated), domains(seen));
    });

    await t.test('toggle disables and activates it, and the key itself stops and works', async () => {
        const holder = clientFor(key.value);
        await holder.subjects.overview(alice);

        await administrator.apiKey.toggle(await administrator.apiKey.get(key.id));
        const disabled = await administrator.apiKey.get(key.id);
        assert.equal(disabled.enabled, false);
        await refused(holder.subjects.overview(alice), 401);

        await administrator.apiKey.toggle(disabled);
        assert.equal((await administrator.apiKey.get(key.id)).enabled, true);
        await holder.subjects.overview(alice);
    });

    await t.test('a deleted key is gone', async () => {
        await administrator.apiKey.delete(key.id);
        await refused(administrator.apiKey.get(key.id), 404);
        assert.ok((await administrator.apiKey.list()).every(({id}) => id !== key.id));
        await refused(clientFor(key.value).subjects.overview(alice), 401);
    });
});

test('evaluate tells what a token may do', async () => {
    const key = await administrator.apiKey.create({displayName: 'eraser', privileges: [erasurePrivilege]});
    const eraser = clientFor(key.value);

    const may = await eraser.privilegeEvaluator.evaluate({requestedPrivilege: erasurePrivilege});
    assert.equal(may.approved, true);
    const mayNot = await eraser.privilegeEvaluator.evaluate({requestedPrivilege: overviewPrivilege});
    assert.equal(mayNot.approved, false);

    await refused(eraser.subjects.overview(alice), 403);
});

test('events go in, are counted, and are erased', async (t) => {
    const key = await administrator.apiKey.create({
        displayName: 'tracking',
        privileges: [loggingPrivilege, impersonatePrivilege],
    });
    const tracker = await trackerFor(key.value);

    const search = {
        queryText: 'q',
        actionCause: 'searchboxSubmit',
        responseTime: 12,
        originLevel1: 'hub',
        language: 'en',
        searchQueryUid: query,
    };
    const click = {
        actionCause: 'documentOpen',
        documentPosition: 1,
        sourceName: 'src',
        language: 'en',
        searchQueryUid: query,
        documentUri: 'https://example.com/a',
        documentUriHash: 'abc',
    };
    const custom = {eventType: 'facet', eventValue: 'x', language: 'en'};

    await t.test('an event that names its user counts for that user', async () => {
        const answer = await tracker.sendSearchEvent({...search, username: alice});
        assert.ok(answer.visitId);
        assert.equal(answer.visitorId, visitor);
        await tracker.sendSearchEvent({...search, username: alice});
        await tracker.sendClickEvent({...click, username: alice});
        await tracker.sendCustomEvent({...custom, username: alice});
        assert.deepEqual(await stats(alice), {search: 2, click: 1, custom: 1});
        assert.deepEqual(await stats(visitor), {search: 0, click: 0, custom: 0});
    });

    // The library sends the name along with `anonymous`: the server has to drop it.
    await t.test('an anonymous event counts for its visitor, whatever name it carries', async () => {
        await tracker.sendSearchEvent({...search, username: alice, anonymous: true});
        await tracker.sendClickEvent({...click, username: alice, anonymous: true});
        await tracker.sendClickEvent({...click, username: alice, anonymous: true});
        await tracker.sendCustomEvent({...custom, username: alice, userDisplayName: 'Alice', anonymous: true});
        assert.deepEqual(await stats(visitor), {search: 1, click: 2, custom: 1});
        assert.deepEqual(await stats(alice), {search: 2, click: 1, custom: 1});
    });

    await t.test('a token that may not impersonate names nobody', async () => {
        const plain = await administrator.apiKey.create({displayName: 'plain', privileges: [loggingPrivilege]});
        await (await trackerFor(plain.value)).sendCustomEvent({...custom, username: alice});
        assert.deepEqual(await stats(visitor), {search: 1, click: 2, custom: 2});
        assert.deepEqual(await stats(alice), {search: 2, click: 1, custom: 1});
    });

    await t.test('a deletion is accepted at once, and complete after its time', async () => {
        const accepted = await administrator.subjects.deleteAllData(alice);
        assert.equal(accepted.userId, alice);
        assert.notDeepEqual(await stats(alice), {search: 0, click: 0, custom: 0});

        await coveo.tell('advance', {by: '24h'});
        assert.deepEqual(await stats(alice), {search: 0, click: 0, custom: 0});
        assert.deepEqual(await stats(visitor), {search: 1, click: 2, custom: 2}, 'nobody else was erased');
        assert.equal(await calls('DeleteUserData'), 1);
    });

    await t.test('IDs with characters that need encoding reach the person they name', async () => {
        for (const odd of ['a/b c?d#e%', 'dupré@exämple.com']) {
            await tracker.sendCustomEvent({...custom, username: odd});
            assert.equal((await administrator.subjects.overview(odd)).userId, odd);
            assert.equal((await stats(odd)).custom, 1);
        }
    });
});

test('the client waits and asks again after 429', async () => {
    const key = await administrator.apiKey.create({displayName: 'throttled', privileges: [overviewPrivilege]});
    const asked = await calls('GetAPIKey');
    await coveo.tell('faults', {operation: 'GetAPIKey', status: 429, times: 2});
    assert.equal((await administrator.apiKey.get(key.id)).displayName, 'throttled');
    assert.equal((await calls('GetAPIKey')) - asked, 3);
});

test('the organization knew every request', async () => {
    assert.deepEqual(await coveo.look('problems'), []);
});

async function stats(userId) {
    return (await administrator.subjects.overview(userId)).stats;
}
