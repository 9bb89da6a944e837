// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// A page with coveo.analytics: its script, which the page loads, and one of the clients of its package.

import {CoveoSearchPageClient} from 'coveo.analytics/dist/browser.mjs';

/* global clientOptions, coveoua, mask */

const {token, analyticsUrl, account, name} = window.coveo;

const masked = typeof mask !== 'undefined';
const event = (fields) => {
    const named = {language: 'en', username: account, userDisplayName: name, ...fields};
    return masked ? mask(named) : named;
};

window.visit = async () => {
    coveoua('init', token, {endpoint: analyticsUrl});
    if (masked) {
        coveoua('set', 'anonymizeIp', '1');
    }
    const searchQueryUid = crypto.randomUUID();
    await coveoua('send', 'search', event({queryText: 'canoe', actionCause: 'searchboxSubmit', responseTime: 12, searchQueryUid}));
    await coveoua('send', 'view', event({contentIdKey: 'permanentid', contentIdValue: 'item-1', contentType: 'Product'}));
    await coveoua('send', 'custom', event({eventType: 'help', eventValue: 'opened'}));
    await coveoua(
        'send',
        'click',
        event({
            actionCause: 'documentOpen',
            documentPosition: 1,
            documentUri: 'https://shop.example.com/item/1',
            documentUriHash: 'hash1',
            sourceName: 'Shop',
            searchQueryUid,
        })
    );
    // It goes into every event from here on. A masked page leaves it out, as its snippet says.
    if (!masked) {
        coveoua('set', 'userId', account);
    }
    coveoua('ec:addProduct', {id: 'item-1', name: 'canoe'});
    coveoua('ec:setAction', 'detail');
    await coveoua('send', 'pageview');

    const client = new CoveoSearchPageClient(
        {token, endpoint: analyticsUrl, ...(typeof clientOptions === 'undefined' ? {} : clientOptions)},
        {
            getBaseMetadata: () => ({}),
            getSearchEventRequestPayload: () => ({queryText: 'canoe', responseTime: 12}),
            getSearchUID: () => searchQueryUid,
            getPipeline: () => 'default',
            getOriginContext: () => 'Search',
            getOriginLevel1: () => 'hub',
            getOriginLevel2: () => 'default',
            getOriginLevel3: () => 'default',
            getLanguage: () => 'en',
            getFacetState: () => [],
            getIsAnonymous: () => masked,
        }
    );
    await client.logSearchboxSubmit();

    window.withdraw = () => {
        client.disable();
        return client.logSearchboxSubmit();
    };
};
