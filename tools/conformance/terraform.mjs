// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

import {execFile} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

const project = fileURLToPath(new URL('../..', import.meta.url));

/** The command line: COVEO_CONFORMANCE_CLI, which make sets, or terraform from PATH. */
const cli = process.env.COVEO_CONFORMANCE_CLI || 'terraform';

/** Runs a command to its end, whatever its exit code. */
function run(command, args, options) {
    return new Promise((resolve, reject) => {
        execFile(command, args, {maxBuffer: 64 << 20, ...options}, (error, stdout, stderr) => {
            if (error && typeof error.code !== 'number') {
                reject(new Error(`${command} cannot be run: ${error.message}`));
                return;
            }
            resolve({code: error?.code ?? 0, stdout, stderr});
        });
    });
}

async function must(command, args, options) {
    const result = await run(command, args, options);
    if (result.code !== 0) {
        throw new Error(`${command} ${args.join(' ')} ended with ${result.code}:\n${result.stdout}${result.stderr}`);
    }
    return result;
}

/** A working folder with a real command line and the provider built from this checkout. */
export async function startTerraform(coveo, configuration) {
    const directory = await mkdtemp(join(tmpdir(), 'coveo-conformance-'));
    const binary = process.platform === 'win32' ? 'terraform-provider-coveo.exe' : 'terraform-provider-coveo';
    await must('go', ['build', '-o', join(directory, binary), '.'], {cwd: project});

    const overrides = ['registry.terraform.io', 'registry.opentofu.org']
        .map((host) => `    ${JSON.stringify(`${host}/coveo-privacy/coveo`)} = ${JSON.stringify(directory)}\n`)
        .join('');
    await writeFile(
        join(directory, 'cli.tfrc'),
        `disable_checkpoint = true\nprovider_installation {\n  dev_overrides {\n${overrides}  }\n  direct {}\n}\n`
    );
    await writeFile(
        join(directory, 'main.tf'),
        `terraform {\n  required_providers {\n    coveo = { source = "coveo-privacy/coveo" }\n  }\n}\n${configuration}`
    );

    // Nothing of the caller's own settings reaches the command line.
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('COVEO_') && !name.startsWith('TF_'));
    const env = {
        ...Object.fromEntries(inherited),
        TF_CLI_CONFIG_FILE: join(directory, 'cli.tfrc'),
        TF_IN_AUTOMATION: '1',
        CHECKPOINT_DISABLE: '1',
        COVEO_ORGANIZATION_ID: coveo.organization,
        COVEO_ACCESS_TOKEN: coveo.token,
        COVEO_PLATFORM_URL: coveo.url,
    };
    const options = {cwd: directory, env};

    return {
        /** Applies the configuration and returns what is in state, by address. */
        async apply() {
            await must(cli, ['apply', '-auto-approve', '-input=false', '-no-color'], options);
            const {stdout} = await must(cli, ['show', '-json'], options);
            const {resources} = JSON.parse(stdout).values.root_module;
            return Object.fromEntries(resources.map(({address, values}) => [address, values]));
        },

        /** Plans, and returns the plan and what was printed. */
        async plan() {
            const planned = await must(cli, ['plan', '-out=plan.bin', '-input=false', '-no-color'], options);
            const {stdout} = await must(cli, ['show', '-json', 'plan.bin'], options);
            return {...JSON.parse(stdout), printed: planned.stdout};
        },

        async destroy() {
            await must(cli, ['destroy', '-auto-approve', '-input=false', '-no-color'], options);
        },

        async stop() {
            await rm(directory, {recursive: true, force: true});
        },
    };
}

/** What differs between the two sides of a change: attribute to [before, after]. */
export function differences({change: {before, after}}) {
    const differs = ([name]) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]);
    return Object.fromEntries(
        Object.entries({...before, ...after})
            .filter(differs)
            .map(([name]) => [name, [before?.[name], after?.[name]]])
    );
}
