// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Coveo's own client, on groups and who is in them.

import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {Client, domains, erasurePrivilege, overviewPrivilege, refused} from './client.mjs';
import {startSimulator} from './simulator.mjs';

let coveo;
let administrator;

before(async () => {
    coveo = await startSimulator();
    administrator = new Client(coveo);
    await coveo.tell('users', {email: 'ann@example.com', provider: 'GOOGLE', token: 'ann'});
});

after(async () => {
    await coveo?.stop();
});

async function emails() {
    return (await coveo.look('invitations')).emails;
}

const usernames = (list) => list.map(({username}) => username).sort();

test('a group lives its whole life', async (t) => {
    let id;

    await t.test('create answers the ID alone, and invites whom the organization does not know', async () => {
        const created = await administrator.group.create({
            displayName: 'DSR team',
            members: [{email: 'ann@example.com'}, {email: 'carl@example.com', provider: 'SAML'}],
            privileges: [overviewPrivilege],
        });
        assert.deepEqual(Object.keys(created), ['id']);
        id = created.id;
        const group = await administrator.group.get(id);
        assert.equal(group.displayName, 'DSR team');
        assert.deepEqual(usernames(group.members), ['ann@example.com-google']);
        assert.deepEqual(usernames(group.invites), ['carl@example.com-saml']);
        assert.ok(group.invites[0].expirationDate > group.invites[0].invitedDate);
        assert.equal(await emails(), 1);
        assert.ok((await administrator.group.list()).some((listed) => listed.id === id));
    });

    // The client's types know `sendEmailToInviteUsers` only, which the API does not.
    await t.test('the option that the client misspells has no effect, and the right one has', async () => {
        const team = (name) => ({displayName: name, members: [{email: `${name}@example.com`}], privileges: []});
        await administrator.group.create(team('dora'), {sendEmailToInviteUsers: false});
        assert.equal(await emails(), 2);
        await administrator.group.create(team('emil'), {sendEmailToInvitedUsers: false});
        assert.equal(await emails(), 2);
    });

    await t.test('update replaces the whole group', async () => {
        const group = await administrator.group.get(id);
        await administrator.group.update({...group, displayName: 'erasers', privileges: [overviewPrivilege, erasurePrivilege]});
        const updated = await administrator.group.get(id);
        assert.equal(updated.displayName, 'erasers');
        assert.deepEqual(domains(updated), ['ADMINISTRATE', 'DELETE_USER_ANALYTICS_DATA']);
        assert.deepEqual(usernames(updated.members), usernames(group.members));
        assert.deepEqual(updated.invites, group.invites, 'an invitation that stands is not sent again');
        assert.equal(await emails(), 2);
    });

    await t.test('members are added, read and removed one by one', async () => {
        await administrator.group.member.add(id, {email: 'fay@example.com', provider: 'GOOGLE'}, {sendEmailOnInvite: false});
        assert.equal(await emails(), 2);
        assert.deepEqual(usernames(await administrator.group.member.list(id)), ['ann@example.com-google']);
        assert.equal((await administrator.group.member.get(id, 'ann@example.com-google')).email, 'ann@example.com');
        await administrator.group.member.delete(id, 'fay@example.com-google');
        await refused(administrator.group.member.get(id, 'fay@example.com-google'), 404);
    });

    await t.test('what a member may do hangs on the group', async () => {
        const ann = new Client(coveo, 'ann');
        assert.deepEqual(domains({privileges: await ann.organization.members.getPrivileges()}), ['ADMINISTRATE', 'DELETE_USER_ANALYTICS_DATA']);
        await ann.subjects.overview('someone');
        assert.deepEqual(await administrator.group.listExclusivePrivileges(id), [], 'the administrator is not in it');
    });

    await t.test('an invitation is accepted by whom it is for', async () => {
        const ann = new Client(coveo, 'ann');
        await administrator.group.member.delete(id, 'ann@example.com-google');
        await refused(ann.subjects.overview('someone'), 403);
        await administrator.group.invite.add(id, {username: 'ann@example.com-google'}, {sendEmail: false});
        assert.equal((await administrator.group.invite.list(id)).length, 2);
        await ann.group.invite.accept(id);
        assert.deepEqual(usernames(await administrator.group.member.list(id)), ['ann@example.com-google']);
        await ann.subjects.overview('someone');
    });

    await t.test('a deleted group is gone, and what it allowed', async () => {
        await administrator.group.delete(id);
        await refused(administrator.group.get(id), 404);
        await refused(new Client(coveo, 'ann').subjects.overview('someone'), 403);
    });
});

test('groups that came with the organization stay', async () => {
    const administrators = (await administrator.group.list()).find(({deletable}) => deletable === false);
    await refused(administrator.group.delete(administrators.id), 412);
});

test('the organization knew every request', async () => {
    assert.deepEqual(await coveo.look('problems'), []);
});
