// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// A page that calls the Write API itself.

/* global logEvent */

const {token, analyticsUrl, account, name} = window.coveo;

const snippet = document.querySelector('#snippet');
// The field does not take out a name, so a page that has it sends none, as its snippet says.
const user = snippet ? JSON.parse(snippet.textContent) : {username: account, userDisplayName: name};

const post = async (leaf, event) => {
    const answer = await fetch(`${analyticsUrl}/v15/analytics/${leaf}`, {
        method: 'POST',
        headers: {Authorization: `Bearer ${token}`, 'Content-Type': 'application/json'},
        body: JSON.stringify(event),
    });
    if (!answer.ok) {
        throw new Error(`${leaf}: ${answer.status}`);
    }
};

const log = typeof logEvent === 'undefined' ? post : logEvent;

window.visit = async () => {
    const clientId = crypto.randomUUID();
    const searchQueryUid = crypto.randomUUID();
    const every = {language: 'en', clientId, ...user};
    const search = {queryText: 'canoe', actionCause: 'searchboxSubmit', responseTime: 12, searchQueryUid, ...every};
    await log('search', search);
    await log('searches', [search, {...search, queryText: 'kayak'}]);
    await log('click', {actionCause: 'documentOpen', documentPosition: 1, sourceName: 'Shop', searchQueryUid, ...every});
    await log('custom', {eventType: 'help', eventValue: 'opened', ...every});
    await log('view', {location: 'https://shop.example.com/', contentIdKey: 'permanentid', contentIdValue: 'item-1', ...every});
};
