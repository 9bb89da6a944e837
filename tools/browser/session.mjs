// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join, relative, sep} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';

import {build} from 'esbuild';

import {startSimulator} from '../conformance/simulator.mjs';
import {answerElsewhere, startBrowser, until, visit} from './browser.mjs';
import {libraries, pageOf} from './libraries.mjs';
import {startServer} from './server.mjs';

const run = promisify(execFile);
const project = fileURLToPath(new URL('../..', import.meta.url));

/** Someone who does not exist, and whose name is looked for wherever it must not be. */
export const person = {account: 'canary.person@example.com', name: 'Canary Person'};

const privilege = (owner, targetDomain, type) => ({owner, targetDomain, targetId: '*', ...(type && {type})});

/**
 * Everything that the pages need: an organization, a browser, a server, and the provider's own words. The key of the pages may
 * do more than it should: search, record, and say whose an event is.
 */
export async function startSession() {
    const stops = [];
    const stop = async () => {
        for (const each of stops.reverse()) {
            await each();
        }
    };
    try {
        const directory = await mkdtemp(join(tmpdir(), 'coveo-browser-'));
        stops.push(() => rm(directory, {recursive: true, force: true}));
        const command = join(directory, 'audit');
        await run('go', ['build', '-o', command, './tools/browser/audit'], {cwd: project});
        const audit = async (...words) => JSON.parse((await run(command, words, {maxBuffer: 1 << 24})).stdout);

        const organization = await startSimulator('-keep-recordings');
        stops.push(organization.stop);
        const pages = await bundles();
        const server = await startServer(pages);
        stops.push(server.stop);
        const browser = await startBrowser();
        stops.push(() => browser.close());

        const session = {directory, organization, server, browser, pages, audit, stop, visits: 0};
        session.snippets = await audit('snippets');
        session.token = await keyOf(organization);
        return session;
    } catch (error) {
        await stop();
        throw error;
    }
}

async function bundles() {
    const names = new Set(Object.values(libraries).map(({page}) => page));
    const {outputFiles} = await build({
        entryPoints: [...names].map((name) => fileURLToPath(new URL(`pages/${name}.mjs`, import.meta.url))),
        outdir: '/',
        bundle: true,
        format: 'esm',
        logLevel: 'error',
        plugins: [stencil],
        splitting: true,
        write: false,
    });
    const pages = {};
    for (const {path, contents} of outputFiles) {
        pages[path] = {type: 'text/javascript; charset=utf-8', content: contents};
    }
    return pages;
}

/** Stencil loads each of Atomic's components from beside itself, which a bundler has to be told to be beside Atomic. */
const stencil = {
    name: 'stencil',
    setup({onLoad}) {
        onLoad({filter: /@stencil\/core\/internal\/client\/index\.js$/}, async ({path}) => {
            const components = new URL('node_modules/@coveo/atomic/dist/esm/', import.meta.url);
            const beside = relative(dirname(path), fileURLToPath(components)).replaceAll(sep, '/');
            const source = await readFile(path, 'utf8');
            const contents = source.replace(/`\.\/\$\{bundleId\}\.entry\.js[^`]*`/, `\`${beside}/\${bundleId}.entry.js\``);
            assert.notEqual(contents, source, 'Stencil loads components in another way than it did');
            return {contents, resolveDir: dirname(path)};
        });
    },
};

async function keyOf({url, organization, token}) {
    const answer = await fetch(`${url}/rest/organizations/${organization}/apikeys`, {
        method: 'POST',
        headers: {Authorization: `Bearer ${token}`, 'Content-Type': 'application/json'},
        body: JSON.stringify({
            displayName: 'pages',
            privileges: [
                privilege('SEARCH_API', 'EXECUTE_QUERY'),
                privilege('USAGE_ANALYTICS', 'ANALYTICS_DATA', 'EDIT'),
                privilege('USAGE_ANALYTICS', 'IMPERSONATE'),
            ],
        }),
    });
    return (await answer.json()).value;
}

/**
 * Visits the page of a library, plain or with a snippet, and returns what the organization received, what the HAR file holds
 * and what the audit makes of it.
 */
export async function measure(session, library, mode, {withdraw, ...options} = {}) {
    const {directory, organization, server, browser, pages, audit, snippets, token} = session;
    const snippet = snippets.find((each) => each.Library === (libraries[library].snippets ?? library) && each.Mode === mode);
    const path = `/${library}/${mode}`;
    const {analyticsUrl, url} = organization;
    const content = pageOf(library, snippet, {
        ...person,
        token,
        organization: organization.organization,
        url,
        searchUrl: `${url}/rest/search/v2`,
        analyticsUrl,
        eventsUrl: `${url}/rest/organizations/${organization.organization}/events/v1`,
    });
    pages[path] = {type: 'text/html; charset=utf-8', content};
    pages['/left'] = {type: 'text/html; charset=utf-8', content: '<!doctype html><link rel="icon" href="data:,"><title>left</title>'};

    const received = async () => total(await organization.look('calls'));
    const arrived = (sent) =>
        until(
            `the organization had answered all ${sent} requests`,
            async () => (await received()) >= sent && (await organization.look('unanswered')) === 0
        );
    await organization.tell('reset');
    const har = join(directory, `${session.visits++}.${library}.${mode}.har`);
    const {sent, failures, kept} = await visit(browser, {
        url: server.url + path,
        leave: `${server.url}/left`,
        har,
        platform: url,
        fill: libraries[library].fill,
        click: libraries[library].click,
        ...options,
        withdraw:
            withdraw &&
            (async (sent) => {
                // A beacon may still be on its way.
                await arrived(sent);
                await withdraw();
            }),
    });
    await arrived(sent);
    const {entries} = JSON.parse(await readFile(har, 'utf8')).log;
    return {
        library,
        mode,
        snippet,
        failures,
        kept,
        file: har,
        received: await received(),
        problems: await organization.look('problems'),
        recordings: (await organization.look('recordings')).map((each) => ({
            ...each,
            path: each.path.replace(organization.organization, '{organizationId}'),
        })),
        everyRequest: entries.map(({request, response}) => ({url: request.url, answeredHere: response.content?.text === answerElsewhere})),
        requests: entries
            .filter(({request}) => request.url.startsWith(url) && request.method !== 'OPTIONS')
            .map(({request}) => ({url: request.url, body: request.postData?.text ?? ''})),
        ...(await audit('har', har)),
    };
}

/** Requests, but not the questions that a browser asks before it sends one. */
const total = ({Preflight: _, ...calls}) => Object.values(calls).reduce((sum, n) => sum + n, 0);
