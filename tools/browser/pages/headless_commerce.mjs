// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// A shop's page with Headless's commerce engine, which knows no legacy mode and no field for a user.

import {buildCommerceEngine, buildSearch} from '@coveo/headless/commerce';

/* global analytics */

const {organization, token, url, eventsUrl} = window.coveo;

window.visit = async () => {
    const yours = {trackingId: 'shop', proxyBaseUrl: eventsUrl};
    const engine = buildCommerceEngine({
        configuration: {
            organizationId: organization,
            accessToken: token,
            proxyBaseUrl: `${url}/rest/organizations/${organization}/commerce/v2`,
            analytics: {...yours, ...(typeof analytics === 'undefined' ? {} : analytics)},
            context: {language: 'en', country: 'CA', currency: 'CAD', view: {url: 'https://shop.example.com/'}},
        },
    });
    const search = buildSearch(engine);
    await new Promise((resolve, reject) => {
        search.subscribe(() => {
            const {error, responseId} = search.state;
            if (error) {
                reject(new Error('the search failed'));
            } else if (responseId) {
                resolve();
            }
        });
        search.executeFirstSearch();
    });
    const product = search.state.products[0];
    search.interactiveProduct({options: {product}}).select();
};
