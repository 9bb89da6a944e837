// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Exports and their schedules: what Terraform makes, Coveo's own client lists, gets and deletes, and the reverse. The steps
// build on each other.

import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {Client, refused} from './client.mjs';
import {startSimulator} from './simulator.mjs';
import {startTerraform} from './terraform.mjs';

const alice = 'alice.smith@example.com-google';
const visitor = '29fb0d0a-b5eb-4c20-aff0-9d282df11569';
const from = '2020-01-01T00:00:00.000Z';
const to = new Date(Date.now() + 24 * 3600 * 1000).toISOString();

const provider = `
provider "coveo" {
  analytics_requests_per_second = 5000
  subjects                      = { "DSR-1" = ["${alice}", "${visitor}"] }
  digest_keys                   = { "2026" = "0123456789abcdef0123456789abcdef" }
}
`;

const configuration = `${provider}
resource "coveo_user_data_export" "case" {
  subject     = "DSR-1"
  from        = "${from}"
  to          = "${to}"
  description = "Access request"
  tables      = ["SEARCHES", "CLICKS"]
}

resource "coveo_export_schedule" "quality" {
  description    = "Search quality"
  frequency      = "WEEKLY"
  day_of_week    = "MONDAY"
  timezone       = "Europe/Berlin"
  dimensions     = ["datetime", "queryexpression"]
  common_filters = ["language=='en'"]
}
`;

let coveo;
let terraform;
let exports;
let state;

before(async () => {
    coveo = await startSimulator();
    exports = new Client(coveo).ua.exports;
    await coveo.tell('events', {userId: alice, kind: 'search', count: 9});
    await coveo.tell('events', {userId: visitor, kind: 'click', count: 2});
    await coveo.tell('events', {userId: 'bob.jones@example.org-saml', kind: 'search', count: 5});
    terraform = await startTerraform(coveo, configuration);
});

after(async () => {
    await terraform?.stop();
    await coveo?.stop();
});

test('what Terraform exported, the client lists and gets', async () => {
    state = await terraform.apply();
    const held = state['coveo_user_data_export.case'];
    assert.equal(held.status, 'AVAILABLE');
    assert.equal(held.estimated_rows, 11);

    const listed = await exports.list();
    assert.deepEqual(listed.map(({id}) => id), [held.id]);
    const seen = await exports.get(held.id);
    assert.match(seen.description, /^Access request \[terraform:[a-z2-7]{26}\]$/);
    assert.equal(seen.status, held.status);
    assert.equal(seen.size, held.size_bytes);
    assert.equal(new Date(seen.to).toISOString().slice(0, 19), held.effective_to.slice(0, 19));
    assert.deepEqual([...seen.tables].sort(), ['clicks', 'searches']);
    // Coveo shows the filter, and with it the person: that is why exports are removed. State does not.
    assert.ok(JSON.stringify(seen.filters).includes(alice));
    assert.ok(!JSON.stringify(state['coveo_user_data_export.case']).includes(alice));
    assert.ok((await exports.getExportDownloadLink(held.id)).downloadLink.includes(held.id));
});

test('both count the same rows, and read the same limit', async () => {
    const {estimates} = await exports.estimateRowsCount({from, to, tables: ['SEARCHES'], f: [`userid=='${alice}'`]});
    assert.deepEqual(estimates, {searches: 9});
    assert.ok((await exports.getRowLimit()).exportRowCountLimit > 0);
});

test('what the client deleted is a fact to Terraform, and no reason to export again', async () => {
    const {id} = state['coveo_user_data_export.case'];
    await exports.delete(id);
    await refused(exports.get(id), 404);
    const plan = await terraform.plan();
    assert.match(plan.printed, /Export gone: DSR-1/);
    const changed = (plan.resource_changes ?? []).filter(({change}) => !change.actions.every((action) => action === 'no-op'));
    assert.deepEqual(changed, []);
    const {CreateExport} = await coveo.look('calls');
    assert.equal(CreateExport, 1);
});

test('a schedule is one to both', async () => {
    const held = state['coveo_export_schedule.quality'];
    const [seen] = await exports.listSchedules();
    assert.equal(seen.id, held.id);
    assert.equal(seen.frequency, 'WEEKLY');
    assert.deepEqual([...seen.dimensions].sort(), ['datetime', 'queryexpression']);

    await exports.updateSchedule(held.id, {frequency: 'DAILY', timezone: 'UTC', description: 'changed'});
    const plan = await terraform.plan();
    const {change} = plan.resource_changes.find(({address}) => address === 'coveo_export_schedule.quality');
    assert.deepEqual(change.actions, ['update']);
    assert.deepEqual([change.before.frequency, change.after.frequency], ['DAILY', 'WEEKLY']);
    await terraform.apply();
    assert.equal((await exports.getSchedule(held.id)).description, 'Search quality');

    const made = await exports.createSchedule({frequency: 'MONTHLY', timezone: 'UTC'});
    await exports.deleteSchedule(made.id);
    await refused(exports.getSchedule(made.id), 404);
});

test('what the client exported, Terraform lists, flags, imports and removes', async () => {
    const byQuery = await exports.generate({from, to, d: 'everybody'});
    const byBody = await exports.generateExportWithBody({
        from,
        to,
        description: 'Access request',
        tables: ['SEARCHES'],
        commonFilters: [`(userid=='${alice}' OR userid=='${visitor}')`],
    });
    const other = await startTerraform(
        coveo,
        `${provider}
data "coveo_exports" "all" {
  subject = "DSR-1"
}

import {
  to = coveo_user_data_export.found
  id = "${byBody.id}"
}

resource "coveo_user_data_export" "found" {
  subject     = "DSR-1"
  from        = "${from}"
  to          = "${to}"
  description = "Access request"
  tables      = ["SEARCHES"]
}
`
    );
    try {
        const found = await other.apply();
        const listed = Object.fromEntries(found['data.coveo_exports.all'].exports.map((one) => [one.id, one]));
        assert.deepEqual(Object.keys(listed).sort(), [byQuery.id, byBody.id].sort());
        assert.deepEqual([listed[byBody.id].names_subject, listed[byBody.id].cases], [true, ['DSR-1']]);
        assert.deepEqual([listed[byQuery.id].names_subject, listed[byQuery.id].filtered], [false, false]);
        assert.equal(found['coveo_user_data_export.found'].identifier_count, 2);
        await other.destroy();
    } finally {
        await other.stop();
    }
    assert.deepEqual((await exports.list()).map(({id}) => id), [byQuery.id]);
    await exports.delete(byQuery.id);
});

test('destroying removes what is left', async () => {
    await terraform.destroy();
    assert.deepEqual(await exports.list(), []);
    assert.deepEqual(await exports.listSchedules(), []);
    assert.deepEqual(await coveo.look('problems'), []);
});
