// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// A page with Atomic, in one of Headless's modes.

import {defineCustomElements} from '@coveo/atomic/loader';

import {ownAnalytics} from './own.mjs';

const {organization, token, searchUrl} = window.coveo;

window.visit = async () => {
    const searchInterface = document.querySelector('atomic-search-interface');
    searchInterface.setAttribute('icon-assets-path', '/atomic/assets');
    searchInterface.setAttribute('language-assets-path', '/atomic/lang');
    searchInterface.innerHTML =
        '<atomic-search-box></atomic-search-box><atomic-result-list><atomic-result-template><template>' +
        '<atomic-result-link></atomic-result-link></template></atomic-result-template></atomic-result-list>';
    defineCustomElements(window);
    await customElements.whenDefined('atomic-search-interface');
    await searchInterface.initialize({
        organizationId: organization,
        accessToken: token,
        search: {proxyBaseUrl: searchUrl, searchHub: 'hub'},
        analytics: ownAnalytics(),
    });
    await searchInterface.executeFirstSearch();
    window.withdraw = () => searchInterface.setAttribute('analytics', 'false');
};
