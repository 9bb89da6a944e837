// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

/* global analytics */

/**
 * The options that a page with Headless or Atomic has for itself, and the snippet's last, as the snippet asks for.
 * Headless sends a display name in next mode; in legacy mode a page names its user in a middleware.
 */
export function ownAnalytics() {
    const {mode, analyticsUrl, eventsUrl, account, name} = window.coveo;
    const yours = {
        analyticsMode: mode,
        proxyBaseUrl: mode === 'next' ? eventsUrl : analyticsUrl,
        trackingId: 'shop',
        userDisplayName: name,
        analyticsClientMiddleware: (_type, event) => ({...event, username: account, userDisplayName: name}),
    };
    return {...yours, ...(typeof analytics === 'undefined' ? {} : analytics)};
}
