// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// What the organization received, in the words of the audit, so that the two can be compared. Nothing here asks the audit.

/** The fields that name a person. The others only tell browsers apart. */
const naming = new Set(['username', 'userDisplayName', 'userId', 'uid']);

/** What reached the organization by each path: requests that recorded, their events, whose fields, and whether all say anonymous. */
export function received(recordings) {
    const paths = {};
    for (const [path, group] of groups(recordings, ({path}) => path)) {
        paths[path] = {
            calls: new Set(group.map(({request}) => request)).size,
            events: group.length,
            identity: union(group.map(({identity}) => identity)),
            anonymous: anonymousOf(group),
        };
    }
    return paths;
}

/** The same, as the audit reports it. */
export function audited(findings) {
    const paths = {};
    for (const [path, group] of groups(findings ?? [], ({Path}) => Path)) {
        const recording = group.filter(({Recording}) => Recording);
        if (recording.length > 0) {
            paths[path] = {
                calls: sum(recording.map(({Calls}) => Calls)),
                events: sum(recording.map(({Events}) => Events)),
                identity: union(recording.map(({Identity}) => Identity ?? [])),
                anonymous: recording.length === 1 ? recording[0].Anonymous : 'mixed',
            };
        }
    }
    return paths;
}

/** The strictest expectation that what was received meets: none, anonymous or any. */
export function strictest(recordings) {
    if (recordings.length === 0) {
        return 'none';
    }
    return recordings.every(isAnonymous) ? 'anonymous' : 'any';
}

function isAnonymous(recording) {
    const named = recording.identity.some((field) => naming.has(field));
    return !named && (!hasTheField(recording) || recording.anonymous === true);
}

/** Only events of the Write API can say that they are anonymous. */
function hasTheField({captured, operation}) {
    return !captured && !['Collect', 'LogEvents'].includes(operation);
}

function anonymousOf(group) {
    const able = group.filter(hasTheField);
    if (able.length === 0) {
        return 'not_applicable';
    }
    const marked = able.filter(({anonymous}) => anonymous === true).length;
    return marked === able.length ? 'set' : marked === 0 ? 'not_set' : 'mixed';
}

/** A cell of the table: the strictest expectation, what was recorded, and the fields that came with it. */
export function cell({recordings, snippet}, counted = false) {
    const met = strictest(recordings);
    const parts = [met];
    if (met !== 'none') {
        const kinds = [...groups(recordings, what)].map(([kind, group]) => (counted ? `${group.length} ${kind}` : kind));
        const fields = union(recordings.map(({identity}) => identity));
        const order = [...fields.filter((field) => naming.has(field)), ...fields.filter((field) => !naming.has(field))];
        parts.push(kinds.sort(byName).join(', '), order.map((field) => `\`${field}\``).join(', '));
    } else if (snippet && snippet.EffectiveMode !== snippet.Mode) {
        parts.push('turned off');
    }
    parts[0] = `**${met}**`;
    return parts.join('; ');
}

const byName = (a, b) => a.replace(/^\d+ /, '').localeCompare(b.replace(/^\d+ /, ''), 'en');

/** What a reader calls an event, by the call that brought it. */
function what({captured, path, operation}) {
    if (captured) {
        return path.endsWith('/querySuggest') ? 'captured suggestion' : 'captured query';
    }
    return operation === 'LogEvents' ? 'Event Protocol' : path.split('/').at(-1);
}

const sum = (numbers) => numbers.reduce((total, n) => total + n, 0);
const union = (lists) => [...new Set(lists.flat())].sort();

function groups(list, by) {
    const found = new Map();
    for (const each of list) {
        found.set(by(each), [...(found.get(by(each)) ?? []), each]);
    }
    return found;
}
