// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

import assert from 'node:assert/strict';

import {PlatformClient, Resource} from '@coveo/platform-client';

export const overviewPrivilege = {owner: 'USAGE_ANALYTICS', targetDomain: 'ADMINISTRATE', targetId: '*'};
export const erasurePrivilege = {owner: 'USAGE_ANALYTICS', targetDomain: 'DELETE_USER_ANALYTICS_DATA', targetId: '*'};
export const loggingPrivilege = {owner: 'USAGE_ANALYTICS', targetDomain: 'ANALYTICS_DATA', type: 'EDIT', targetId: '*'};
export const impersonatePrivilege = {owner: 'USAGE_ANALYTICS', targetDomain: 'IMPERSONATE', targetId: '*'};

export const wholeKey = /^xx[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What platform-client lacks, added as its README says: a resource of one's own, made with the client's API. */
class Subjects extends Resource {
    overview(userId) {
        return this.api.get(`/rest/ua/v15/users/${encodeURIComponent(userId)}/overview?org=${this.api.organizationId}`);
    }

    deleteAllData(userId) {
        return this.api.delete(`/rest/ua/v15/users/${encodeURIComponent(userId)}/alldata?org=${this.api.organizationId}`);
    }
}

class Rotation extends Resource {
    rotate(request) {
        return this.api.post(`/rest/organizations/${this.api.organizationId}/apikeys/rotate`, request);
    }
}

export class Client extends PlatformClient {
    constructor(coveo, accessToken = coveo.token) {
        super({host: coveo.url, organizationId: coveo.organization, accessToken});
        this.subjects = new Subjects(this.API, this.ServerlessAPI);
        this.rotation = new Rotation(this.API, this.ServerlessAPI);
    }
}

/** Wants the platform to refuse a call with a status. */
export async function refused(call, status) {
    const error = await call.then(
        () => assert.fail('the call was not refused'),
        (refusal) => refusal
    );
    assert.equal(error.constructor.name, 'CoveoPlatformClientError', `not an answer of the platform: ${error.stack}`);
    assert.equal(error.status, status);
    return error;
}

export function domains({privileges}) {
    return privileges.map(({targetDomain}) => targetDomain).sort();
}
