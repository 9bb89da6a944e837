// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// A page with the JavaScript Search Framework, which is a global of the page. Its endpoint for events follows from the one
// for queries.

/* global Coveo */

const {organization, token, searchUrl} = window.coveo;

window.visit = async () => {
    const root = document.querySelector('.CoveoSearchInterface');
    Coveo.SearchEndpoint.endpoints.default = new Coveo.SearchEndpoint({
        restUri: new URL('/rest/search', searchUrl).href,
        accessToken: token,
        queryStringArguments: {organizationId: organization},
    });
    const answered = () =>
        new Promise((resolve, reject) => {
            Coveo.$$(root).one('deferredQuerySuccess', resolve);
            Coveo.$$(root).one('queryError', () => reject(new Error('the search failed')));
        });
    const first = answered();
    await Coveo.init(root);
    await first;

    const second = answered();
    Coveo.state(root, 'q', 'canoe');
    Coveo.logSearchEvent(root, {name: 'searchboxSubmit', type: 'search box'}, {});
    Coveo.executeQuery(root);
    await second;
    Coveo.logCustomEvent(root, {name: 'opened', type: 'help'}, {});

    window.withdraw = async () => {
        Coveo.disableAnalytics(root);
        const third = answered();
        Coveo.logSearchEvent(root, {name: 'searchboxSubmit', type: 'search box'}, {});
        Coveo.executeQuery(root);
        await third;
        Coveo.logCustomEvent(root, {name: 'closed', type: 'help'}, {});
    };
};
