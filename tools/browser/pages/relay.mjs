// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// A page with Relay. It has no field for a user.

import {createRelay} from '@coveo/relay';

/* global relayOptions */

const {token, eventsUrl} = window.coveo;

window.visit = async () => {
    const yours = {url: eventsUrl, token, trackingId: 'shop'};
    const relay = createRelay({...yours, ...(typeof relayOptions === 'undefined' ? {} : relayOptions)});
    const itemMetadata = {uniqueFieldName: 'permanentid', uniqueFieldValue: 'item-1', title: 'First item'};
    await relay.emit('ec.search', {query: 'canoe'});
    await relay.emit('itemClick', {responseId: crypto.randomUUID(), position: 1, itemMetadata});
    await relay.emit('itemView', {itemMetadata});
    await relay.emit('help', {opened: true});

    window.withdraw = () => {
        relay.updateConfig({mode: 'disabled'});
        return relay.emit('itemView', {itemMetadata});
    };
};
