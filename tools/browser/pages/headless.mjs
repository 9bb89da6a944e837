// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// A page with Headless, in one of its modes.

import {
    buildInteractiveResult,
    buildResultList,
    buildSearchBox,
    buildSearchEngine,
    loadGenericAnalyticsActions,
} from '@coveo/headless';

import {ownAnalytics} from './own.mjs';

const {organization, token, searchUrl} = window.coveo;

window.visit = async () => {
    const engine = buildSearchEngine({
        configuration: {
            organizationId: organization,
            accessToken: token,
            search: {proxyBaseUrl: searchUrl, searchHub: 'hub'},
            analytics: ownAnalytics(),
        },
    });
    const list = buildResultList(engine);
    await searched(list, () => engine.executeFirstSearch());
    const box = buildSearchBox(engine);
    box.updateText('canoe');
    await searched(list, () => box.submit());

    const {logCustomEvent} = loadGenericAnalyticsActions(engine);
    await engine.dispatch(logCustomEvent({evt: 'help', type: 'opened'}));
    const open = () => buildInteractiveResult(engine, {options: {result: list.state.results[0]}}).select();
    open();

    window.withdraw = async () => {
        engine.disableAnalytics();
        box.updateText('kayak');
        await searched(list, () => box.submit());
        await engine.dispatch(logCustomEvent({evt: 'help', type: 'closed'}));
        open();
    };
};

/** Searches, and waits for the results of just that search. */
function searched(list, search) {
    const before = list.state.searchResponseId;
    return new Promise((resolve, reject) => {
        const stop = list.subscribe(() => {
            const {searchResponseId, isLoading, hasError} = list.state;
            if (hasError) {
                reject(new Error('the search failed'));
            } else if (!isLoading && searchResponseId !== before) {
                stop();
                resolve();
            }
        });
        search();
    });
}
