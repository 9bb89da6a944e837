// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Terraform and Coveo's own client on one organization: each sees exactly what the other did. The steps build on each other.

import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {Client, refused} from './client.mjs';
import {startSimulator} from './simulator.mjs';
import {differences, startTerraform} from './terraform.mjs';

const eraser = 'coveo_api_key.eraser';
const events = 'coveo_api_key.events';
const team = 'coveo_group.team';
const desk = 'coveo_group.desk';

const configuration = `
resource "coveo_api_key" "eraser" {
  display_name = "DSR eraser"
  description  = "privacy pipeline"
  duties       = ["overview", "erasure"]
  allowed_ips  = ["203.0.113.0/24", "2001:db8::/48"]
  lifetime     = "P90D"
}

resource "coveo_api_key" "events" {
  display_name = "Event logging"
  denied_ips   = ["198.51.100.0/24"]

  privileges = [
    { owner = "USAGE_ANALYTICS", target_domain = "ANALYTICS_DATA", type = "EDIT" },
    { owner = "USAGE_ANALYTICS", target_domain = "IMPERSONATE" },
  ]
}

resource "coveo_group" "team" {
  display_name = "Privacy engineering"
  duties       = ["overview", "erasure"]
  members      = [{ email = "ann@example.com", provider = "GOOGLE" }, { email = "carl@example.com", provider = "SAML" }]
  realms       = [{ provider = "SALESFORCE" }]

  api_keys_that_can_edit = [coveo_api_key.eraser.id]
}

resource "coveo_group" "desk" {
  display_name = "Support desk"
  duties       = ["overview"]
}
`;

let coveo;
let terraform;
let administrator;
let state;

before(async () => {
    coveo = await startSimulator();
    administrator = new Client(coveo);
    await coveo.tell('users', {email: 'ann@example.com', provider: 'GOOGLE', token: 'ann'});
    await coveo.tell('users', {email: 'bob@example.com', provider: 'GOOGLE'});
    terraform = await startTerraform(coveo, configuration);
});

after(async () => {
    await terraform?.stop();
    await coveo?.stop();
});

/** Privileges in the words of Coveo and in those of Terraform, in one form. */
const ofCoveo = (list) => list.map(({owner, targetDomain, type, targetId}) => [owner, targetDomain, type ?? '', targetId].join('/')).sort();
const ofTerraform = (list) =>
    list.map(({owner, target_domain: domain, type, target_id: target}) => [owner, domain, type ?? '', target].join('/')).sort();
const moment = (date) => new Date(date).toISOString().replace('.000Z', 'Z').replace(/\.\d+Z$/, 'Z');
const sorted = (list) => [...(list ?? [])].sort();
const people = (list) => list.map(({email}) => email).sort();

function sameKey(seen, held) {
    assert.deepEqual(
        {
            id: seen.id,
            displayName: seen.displayName,
            description: seen.description ?? null,
            enabled: seen.enabled,
            status: seen.status,
            privileges: ofCoveo(seen.privileges),
            allowedIps: sorted(seen.allowedIps),
            deniedIps: sorted(seen.deniedIps),
            created: moment(seen.createdDate),
            expires: seen.expirationDate ? moment(seen.expirationDate) : null,
            createdBy: seen.createdBy.username,
            privacyLevel: seen.privacyLevel,
        },
        {
            id: held.id,
            displayName: held.display_name,
            description: held.description,
            enabled: held.enabled,
            status: held.status,
            privileges: ofTerraform(held.effective_privileges),
            allowedIps: sorted(held.allowed_ips),
            deniedIps: sorted(held.denied_ips),
            created: held.created_date,
            expires: held.expiration_date,
            createdBy: held.created_by,
            privacyLevel: held.privacy_level,
        }
    );
}

function sameGroup(seen, held) {
    assert.deepEqual(
        {
            id: seen.id,
            displayName: seen.displayName,
            privileges: ofCoveo(seen.privileges),
            deletable: seen.deletable,
            realms: seen.realms.map(({provider}) => provider),
            editors: seen.apiKeysThatCanEdit.map(({id}) => id),
        },
        {
            id: held.id,
            displayName: held.display_name,
            privileges: ofTerraform(held.effective_privileges),
            deletable: held.deletable,
            realms: (held.realms ?? []).map(({provider}) => provider),
            editors: held.api_keys_that_can_edit ?? [],
        }
    );
}

test('the client sees exactly what Terraform declared', async (t) => {
    state = await terraform.apply();

    await t.test('keys, field by field', async () => {
        const keys = await administrator.apiKey.list();
        assert.equal(keys.length, 2);
        for (const address of [eraser, events]) {
            sameKey(await administrator.apiKey.get(state[address].id), state[address]);
        }
        assert.equal(state[eraser].display_name, 'DSR eraser');
        assert.deepEqual(ofTerraform(state[eraser].effective_privileges), [
            'USAGE_ANALYTICS/ADMINISTRATE//*',
            'USAGE_ANALYTICS/DELETE_USER_ANALYTICS_DATA//*',
        ]);
        const lifetime = new Date(state[eraser].expiration_date) - new Date(state[eraser].created_date);
        assert.equal(lifetime, 90 * 24 * 60 * 60 * 1000);
    });

    await t.test('the value in state is the key', async () => {
        await new Client(coveo, state[eraser].value).subjects.overview('someone');
        await refused(new Client(coveo, state[events].value).subjects.overview('someone'), 403);
    });

    await t.test('groups, field by field, and nobody got an e-mail', async () => {
        for (const address of [team, desk]) {
            sameGroup(await administrator.group.get(state[address].id), state[address]);
        }
        const {members, invites} = await administrator.group.get(state[team].id);
        assert.deepEqual([people(members), people(invites)], [['ann@example.com'], ['carl@example.com']]);
        await new Client(coveo, 'ann').subjects.overview('someone');
        assert.deepEqual(await coveo.look('invitations'), {emails: 0});
    });

    await t.test('and then Terraform has nothing to do', async () => {
        const {resource_changes: changes, printed} = await terraform.plan();
        assert.deepEqual(changes.map(({change}) => change.actions.join()), ['no-op', 'no-op', 'no-op', 'no-op'], printed);
    });
});

test('Terraform sees exactly what the client changed', async (t) => {
    const key = await administrator.apiKey.get(state[eraser].id);
    await administrator.apiKey.update({...key, displayName: 'by hand', allowedIps: ['203.0.113.7']});
    await administrator.apiKey.disable([state[events].id]);
    await administrator.group.member.delete(state[team].id, 'ann@example.com-google');
    await administrator.group.member.add(state[team].id, {email: 'bob@example.com', provider: 'GOOGLE'}, {sendEmailOnInvite: false});
    // Who is in this one is nobody's configuration.
    await administrator.group.member.add(state[desk].id, {email: 'bob@example.com', provider: 'GOOGLE'}, {sendEmailOnInvite: false});
    const group = await administrator.group.get(state[desk].id);
    await administrator.group.update({...group, displayName: 'Desk'}, {sendEmailToInvitedUsers: false});

    const {resource_changes: changes, resource_drift: drift = [], printed} = await terraform.plan();
    const bob = {email: 'bob@example.com', provider: 'GOOGLE', username: 'bob@example.com-google'};

    await t.test('by the refresh', () => {
        const seen = Object.fromEntries(drift.map((entry) => [entry.address, differences(entry)]));
        // The client used both keys meanwhile, which is no change of anybody.s.
        delete seen[eraser]?.last_used_date;
        assert.deepEqual(Object.keys(seen).sort(), [eraser, events, desk, team].sort());
        assert.deepEqual(seen[eraser], {
            display_name: ['DSR eraser', 'by hand'],
            allowed_ips: [['2001:db8::/48', '203.0.113.0/24'], ['203.0.113.7']],
        });
        delete seen[events].last_used_date;
        assert.deepEqual(seen[events], {enabled: [true, false], status: ['ENABLED', 'DISABLED']});
        assert.deepEqual(seen[desk], {display_name: ['Support desk', 'Desk']});
        assert.deepEqual(Object.keys(seen[team]), ['members']);
        assert.deepEqual(people(seen[team].members[1]), ['bob@example.com', 'carl@example.com']);
        assert.deepEqual(seen[team].members[1].find(({email}) => email === bob.email), bob);
    });

    await t.test('and plans back what the configuration says, and nothing else', () => {
        const planned = Object.fromEntries(
            changes.filter(({change}) => change.actions.join() !== 'no-op').map((entry) => [entry.address, [entry.change.actions.join(), Object.keys(differences(entry)).sort()]])
        );
        assert.deepEqual(planned, {
            [eraser]: ['update', ['allowed_ips', 'display_name']],
            [desk]: ['update', ['display_name']],
            [team]: ['update', ['members']],
        });
        // Somebody's emergency stop survives, and is told of.
        assert.match(printed, /Key is disabled: Event logging/);
    });
});

test('after the next apply the client sees the declaration again', async () => {
    state = await terraform.apply();
    sameKey(await administrator.apiKey.get(state[eraser].id), state[eraser]);
    assert.equal(state[eraser].display_name, 'DSR eraser');
    assert.equal((await administrator.apiKey.get(state[events].id)).enabled, false);
    const {members, invites} = await administrator.group.get(state[team].id);
    assert.deepEqual([people(members), people(invites)], [['ann@example.com'], ['carl@example.com']]);
    const others = await administrator.group.get(state[desk].id);
    assert.equal(others.displayName, 'Support desk');
    assert.deepEqual(people(others.members), ['bob@example.com'], 'whom Terraform does not manage stays');
    assert.deepEqual(await coveo.look('invitations'), {emails: 0});
});

test('what Terraform destroys is gone for the client', async () => {
    await terraform.destroy();
    assert.deepEqual(await administrator.apiKey.list(), []);
    assert.ok((await administrator.group.list()).every(({deletable}) => deletable === false));
    await refused(new Client(coveo, 'ann').subjects.overview('someone'), 403);
});

test('the organization knew every request', async () => {
    assert.deepEqual(await coveo.look('problems'), []);
});
