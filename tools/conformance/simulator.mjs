// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

import {execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';

const project = fileURLToPath(new URL('../..', import.meta.url));
const startupLimit = 30_000;

/**
 * Builds and starts an embedded organization on a free loopback port.
 *
 * It is built first and then run, because `go run` leaves its child behind when it is killed.
 */
export async function startSimulator(...flags) {
    const directory = await mkdtemp(join(tmpdir(), 'coveo-conformance-'));
    const binary = join(directory, process.platform === 'win32' ? 'simulator.exe' : 'simulator');
    await promisify(execFile)('go', ['build', '-o', binary, './tools/simulator'], {cwd: project});

    const readyFile = join(directory, 'ready.json');
    const simulator = spawn(binary, ['-listen', '127.0.0.1:0', '-ready-file', readyFile, ...flags], {
        stdio: ['ignore', 'ignore', 'inherit'],
    });
    const stopped = once(simulator, 'exit');

    async function stop() {
        simulator.kill();
        await stopped;
        await rm(directory, {recursive: true, force: true});
    }

    try {
        const {url, analyticsUrl, organization, token} = await ready(readyFile, simulator);
        return {
            url,
            analyticsUrl,
            organization,
            token,
            stop,
            look: (what) => control(url, 'GET', what),
            tell: (what, body) => control(url, 'POST', what, body),
        };
    } catch (error) {
        await stop();
        throw error;
    }
}

async function ready(file, simulator) {
    for (const limit = Date.now() + startupLimit; Date.now() < limit; await pause(20)) {
        if (simulator.exitCode !== null) {
            throw new Error(`the simulator ended with exit code ${simulator.exitCode}`);
        }
        try {
            return JSON.parse(await readFile(file, 'utf8'));
        } catch (error) {
            if (error.code !== 'ENOENT') {
                throw error;
            }
        }
    }
    throw new Error(`the simulator did not write its ready file within ${startupLimit / 1000} s`);
}

/** The simulator's own controls: none of Coveo's, and never counted as a call. */
async function control(url, method, what, body) {
    const answer = await fetch(`${url}/simulator/${what}`, {method, body: body && JSON.stringify(body)});
    const text = await answer.text();
    if (!answer.ok) {
        throw new Error(`${method} ${what}: ${answer.status} ${text}`);
    }
    return text ? JSON.parse(text) : undefined;
}
