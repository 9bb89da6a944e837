// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

import {readFile} from 'node:fs/promises';

/**
 * What the provider has snippets for, and a page with each: the module under pages/, what its head loads, what stands in its
 * body, and what is clicked once the module has done its part. `names` says where an interface's own code can name its user.
 */
export const libraries = {
    headless_legacy: {title: 'Headless, legacy mode', from: '@coveo/headless', page: 'headless', mode: 'legacy', names: true},
    headless_next: {title: 'Headless, next mode', from: '@coveo/headless', page: 'headless', mode: 'next', names: true},
    headless_commerce: {
        title: 'Headless, commerce engine',
        from: '@coveo/headless',
        page: 'headless_commerce',
        // It has next mode only, and that mode's snippets.
        snippets: 'headless_next',
        names: false,
    },
    atomic_legacy: {title: 'Atomic, legacy mode', ...atomic('legacy')},
    atomic_next: {title: 'Atomic, next mode', ...atomic('next')},
    jsf: {
        title: 'JavaScript Search Framework',
        from: 'coveo-search-ui',
        page: 'jsf',
        names: true,
        head: () => '<script class="coveo-script" src="/search-ui/js/CoveoJsSearch.js"></script>',
        body: (element, {account, name}) =>
            `<div class="CoveoSearchInterface">
            ${element ?? `<div class="CoveoAnalytics" data-user="${account}" data-user-display-name="${name}"></div>`}
            <div class="CoveoSearchbox" data-enable-omnibox="true"></div>
            <div class="CoveoResultList" data-layout="list" data-wait-animation="fade">
            <script class="result-template" type="text/html"><div><a class="CoveoResultLink"></a></div></script></div></div>`,
        click: 'a.CoveoResultLink',
    },
    coveo_analytics: {
        title: 'coveo.analytics',
        from: 'coveo.analytics',
        page: 'coveo_analytics',
        names: true,
        // The code that turns it off comes in place of the script.
        head: (snippet) => (snippet?.EffectiveMode === 'disabled' ? '' : '<script src="/coveo.analytics/coveoua.js"></script>'),
    },
    relay: {title: 'Relay', from: '@coveo/relay', page: 'relay', names: false},
    write_api: {title: 'Write API, called by the page', page: 'write_api', names: true},
};

function atomic(mode) {
    return {
        from: '@coveo/atomic',
        page: 'atomic',
        mode,
        names: true,
        head: () => '<link rel="stylesheet" href="/atomic/themes/coveo.css">',
        body: (element) => element ?? '<atomic-search-interface></atomic-search-interface>',
        fill: 'atomic-search-box textarea >> visible=true',
        click: 'atomic-result-link a',
    };
}

/** The page of a library, plain or with a snippet. A snippet stands in it byte for byte, where it says that it belongs. */
export function pageOf(library, snippet, settings) {
    const {mode, page, head = () => '', body = () => ''} = libraries[library];
    const code = (language) => (snippet?.Language === language ? snippet.Code : undefined);
    return `<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,"><title>${library}</title>
<script>window.coveo = ${JSON.stringify({...settings, mode})};</script>
${head(snippet)}</head><body>${body(code('html'), settings)}
${code('javascript') === undefined ? '' : `<script>${code('javascript')}</script>`}
${code('json') === undefined ? '' : `<script id="snippet" type="application/json">${code('json')}</script>`}
<script type="module" src="/${page}.js"></script></body></html>`;
}

/** The version of a library that is installed here. */
export async function versionOf(library) {
    const {from} = libraries[library];
    if (from === undefined) {
        return '';
    }
    const manifest = new URL(`node_modules/${from}/package.json`, import.meta.url);
    return JSON.parse(await readFile(manifest, 'utf8')).version;
}
