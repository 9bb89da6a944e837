// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

import assert from 'node:assert/strict';
import {readFile, writeFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';

import {cell} from './facts.mjs';
import {libraries} from './libraries.mjs';

const guide = fileURLToPath(new URL('../../templates/guides/what-libraries-send.md', import.meta.url));
const [begin, end] = ['<!-- measured by make browser -->\n', '<!-- end of what was measured -->\n'];

/** The table of all cells, with the numbers of events on request: those depend on how fast someone types. */
export function tableOf(cells, versions, counted = false) {
    const rows = Object.entries(libraries).map(([library, {title}]) => {
        const of = (mode) => cell(cells.find((each) => each.library === library && each.mode === mode), counted);
        const version = versions[library] ? ` ${versions[library]}` : '';
        return `| \`${library}\`: ${title}${version} | ${of('plain')} | ${of('anonymous')} | ${of('disabled')} |`;
    });
    return ['| library | as it comes | with `anonymous` | with `disabled` |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** Fails where the guide has another table, or writes it there with UPDATE=1. */
export async function checkGuide(table) {
    const text = await readFile(guide, 'utf8');
    const from = text.indexOf(begin);
    const to = text.indexOf(end);
    assert.ok(from >= 0 && to > from, 'the guide has a place for the table');
    const head = text.slice(0, from + begin.length);
    if (process.env.UPDATE === '1') {
        await writeFile(guide, `${head}\n${table}\n\n${text.slice(to)}`);
        return;
    }
    assert.equal(text.slice(head.length, to).trim(), table, 'the guide has another table: run make browser UPDATE=1, and read what changed');
}
