// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Coveo's own libraries in a real browser, against the embedded organization: as they come, and with each snippet that the
// provider gives. For each, the audit of the browser's HAR file has to say what the organization received, and the
// organization must have received what the snippet promises.

import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {auditByCLI} from './cli.mjs';
import {audited, cell, received, strictest} from './facts.mjs';
import {libraries, versionOf} from './libraries.mjs';
import {measure, person, startSession} from './session.mjs';
import {checkGuide, tableOf} from './table.mjs';

const modes = ['plain', 'anonymous', 'disabled'];
const expectations = ['none', 'anonymous', 'any'];
// These search by themselves, whatever is recorded.
const interfaces = Object.keys(libraries).filter((library) => /^(headless|atomic|jsf)/.test(library));

let session;
const cells = [];

before(async () => {
    session = await startSession();
});

after(async () => {
    await session?.stop();
});

for (const library of Object.keys(libraries)) {
    for (const mode of modes) {
        test(`${library}, ${mode}`, async (t) => {
            const measured = await measure(session, library, mode);
            cells.push(measured);
            const {recordings, requests, snippet, Report, Verdicts} = measured;
            t.diagnostic(cell(measured, true));

            await t.test('nothing went wrong, and nothing left this machine', () => {
                assert.deepEqual(measured.problems, [], 'the organization knows every request');
                assert.deepEqual(measured.failures, [], 'the page works');
                assert.deepEqual(session.server.missing, [], 'the page asks for nothing that is not there');
                for (const {url, answeredHere} of measured.everyRequest) {
                    assert.ok(/^(http:\/\/(127\.0\.0\.1|localhost):|data:)/.test(url) || answeredHere, url);
                }
                assert.equal(measured.received, requests.length, 'the HAR file has every request that arrived');
                if (interfaces.includes(library)) {
                    assert.ok(queries(requests).length > 0, 'the page searches, whether it records or not');
                }
            });

            await t.test('the audit says what the organization received', () => {
                assert.deepEqual(audited(Report.Findings), received(recordings));
                const met = expectations.indexOf(strictest(recordings));
                for (const [strictness, expectation] of expectations.entries()) {
                    assert.equal(
                        Verdicts[expectation].Compliant,
                        strictness >= met,
                        `${expectation}: ${Verdicts[expectation].Reasons}`
                    );
                }
            });

            if (mode === 'plain') {
                await t.test('without a snippet it records, and names its user if it can', () => {
                    assert.ok(recordings.length > 0);
                    assert.equal(names(JSON.stringify(recordings)), libraries[library].names);
                });
                return;
            }

            await t.test('the snippet keeps its promise', () => {
                const sent = JSON.stringify(requests);
                assert.ok(!names(sent), 'no request holds the name or the account of the user');
                if (snippet.EffectiveMode === 'disabled') {
                    assert.deepEqual(recordings, []);
                    for (const body of queries(requests)) {
                        if (library === 'jsf') {
                            const form = new URLSearchParams(body);
                            assert.equal(JSON.parse(form.get('analytics')).clientId, '');
                            assert.equal(form.get('actionsHistory'), '[]');
                        } else if (library === 'headless_commerce') {
                            const {clientId, context} = JSON.parse(body);
                            assert.equal(clientId ?? '', '');
                            assert.equal(context.capture, false);
                        } else {
                            assert.doesNotMatch(body, /"(analytics|actionsHistory)":/);
                        }
                    }
                    return;
                }
                assert.ok(recordings.length > 0, 'events are recorded all the same');
                assert.equal(strictest(recordings), 'anonymous');
                for (const {user} of recordings) {
                    assert.match(user, /^[0-9a-f-]{36}$/, 'they count for the browser');
                }
            });
        });
    }
}

const names = (text) => [person.account, encodeURIComponent(person.account), person.name, encodeURIComponent(person.name)].some((name) => text.includes(name));
const queries = (requests) => requests.filter(({url}) => /\/rest\/search\/v2\?|\/commerce\/v2\/search$/.test(url)).map(({body}) => body);

// Only the older client listens to the browser.
const listens = {headless_legacy: true, headless_next: false, atomic_legacy: true, atomic_next: false, jsf: true, coveo_analytics: true, relay: false};
const signals = {
    'Do Not Track': () => Object.defineProperty(navigator, 'doNotTrack', {get: () => '1'}),
    'Global Privacy Control': () => Object.defineProperty(navigator, 'globalPrivacyControl', {get: () => true}),
};

for (const [signal, before] of Object.entries(signals)) {
    for (const [library, stops] of Object.entries(listens)) {
        test(`${library}, plain, in a browser with ${signal}: ${stops ? 'it stops' : 'it records all the same'}`, async () => {
            const {recordings, Report} = await measure(session, library, 'plain', {before});
            assert.deepEqual(audited(Report.Findings), received(recordings));
            assert.equal(recordings.length === 0, stops);
        });
    }
}

for (const library of Object.keys(listens)) {
    test(`${library}, plain, until recording is turned off in the page`, async () => {
        let before;
        const {recordings, failures, kept} = await measure(session, library, 'plain', {
            withdraw: async () => {
                before = await session.organization.look('recordings');
                await session.organization.tell('forget');
            },
        });
        assert.ok(before.length > 0, 'it recorded until then');
        assert.deepEqual(recordings, [], 'it records nothing from then on');
        assert.deepEqual(failures, []);
        const ids = kept.filter((name) => /visitorId/i.test(name));
        assert.deepEqual(ids, library === 'jsf' ? [] : ['cookie coveo_visitorId', 'visitorId']);
    });
}

test('a HAR file without the bodies of beacons is no proof of anonymity', async () => {
    const {recordings, Report, Verdicts} = await measure(session, 'headless_legacy', 'anonymous', {bodies: false});
    assert.equal(strictest(recordings), 'anonymous', 'the organization received the body');
    const click = Report.Findings.find(({Path}) => Path.endsWith('/click'));
    assert.equal(click.Unseen, 1);
    assert.equal(click.Events, 1, 'that there was a click is known');
    assert.equal(Verdicts.none.Compliant, false);
    assert.equal(Verdicts.anonymous.Compliant, false);
    assert.match(Verdicts.anonymous.Reasons.join(), /\/click .*cannot be judged/);
});

test('the data source says the same of each file, and the function gives the same code', async () => {
    const answers = await auditByCLI(session, cells);
    for (const {library, mode, snippet, recordings, Report, Verdicts} of cells) {
        const answer = answers[`${library}.${mode}`];
        assert.equal(answer.code, snippet?.Code ?? '');
        for (const expectation of expectations) {
            const {compliant, reasons} = answer[expectation];
            assert.equal(compliant, Verdicts[expectation].Compliant, `${library}, ${mode}, ${expectation}`);
            assert.equal(reasons.length, Verdicts[expectation].Reasons.length);
        }
        const recording = answer.any.findings.filter(({recording}) => recording);
        const events = recording.reduce((sum, {events}) => sum + events, 0);
        assert.equal(events, recordings.length);
        assert.equal(answer.any.findings.length, (Report.Findings ?? []).length);
    }
});

test('the table in the guide is what was measured', async () => {
    assert.equal(cells.length, Object.keys(libraries).length * modes.length);
    const versions = Object.fromEntries(await Promise.all(Object.keys(libraries).map(async (name) => [name, await versionOf(name)])));
    console.log(`\n${tableOf(cells, versions, true)}\n`);
    await checkGuide(tableOf(cells, versions));
});
