// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

import {once} from 'node:events';
import {readFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import {extname, join, normalize, sep} from 'node:path';
import {fileURLToPath} from 'node:url';

const packages = fileURLToPath(new URL('node_modules', import.meta.url));

/** The folders that pages load parts of a library from, as they come with its package. */
const folders = {
    '/atomic/': join(packages, '@coveo/atomic/dist/atomic'),
    '/search-ui/': join(packages, 'coveo-search-ui/bin'),
    '/coveo.analytics/': join(packages, 'coveo.analytics/dist'),
};

const types = {
    '.css': 'text/css',
    '.html': 'text/html; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
    '.json': 'application/json',
    '.mjs': 'text/javascript; charset=utf-8',
    '.svg': 'image/svg+xml',
};

/**
 * Serves pages and libraries on a free loopback port. `pages` maps a path to what is there, and may grow while the server
 * runs. A page that asks for anything else is a mistake of the test, which `missing` tells.
 */
export async function startServer(pages) {
    const missing = [];
    const server = createServer((request, response) => {
        const {pathname} = new URL(request.url, 'http://localhost');
        find(pages, pathname).then(
            ({type, content}) => response.writeHead(200, {'Content-Type': type}).end(content),
            () => {
                missing.push(pathname);
                response.writeHead(404).end();
            }
        );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const {port} = server.address();
    return {
        // Coveo's libraries set no cookie on a page whose host is an address.
        url: `http://localhost:${port}`,
        port,
        missing,
        stop: () => {
            server.closeAllConnections();
            server.close();
        },
    };
}

async function find(pages, path) {
    if (Object.hasOwn(pages, path)) {
        return pages[path];
    }
    for (const [prefix, folder] of Object.entries(folders)) {
        if (path.startsWith(prefix)) {
            const file = normalize(join(folder, path.slice(prefix.length)));
            if (!file.startsWith(folder + sep)) {
                break;
            }
            return {type: types[extname(file)] ?? 'application/octet-stream', content: await readFile(file)};
        }
    }
    throw new Error('not found');
}
