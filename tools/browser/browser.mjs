// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

import {setTimeout as pause} from 'node:timers/promises';

import {chromium} from 'playwright-core';

const limit = 60_000;
// After its last request a page is left in peace for so long before it is closed: what it still means to send, it sends.
const silence = 250;

/** What other sites answer, in the place of which this machine stands. */
export const answerElsewhere = '<!doctype html><title>elsewhere</title>';

/** Debian's Chromium, which is kept from every other machine: no name resolves, and nothing runs in the background. */
export function startBrowser() {
    return chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: [
            '--no-sandbox',
            '--disable-gpu',
            '--disable-quic',
            '--no-first-run',
            '--disable-background-networking',
            '--disable-component-update',
            '--disable-sync',
            '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
        ],
    });
}

/**
 * Visits a page and records it in a HAR file. Returns how many requests it sent to `platform`.
 *
 * With `bodies`, each request passes through Playwright on its way out. Without, a HAR file lacks the body of each request
 * that was made of a Blob, and Coveo's libraries send clicks so. With `withdraw`,
 * which is called first, recording is turned off half-way.
 */
export async function visit(browser, {url, leave, har, platform, bodies = true, fill, click, before, withdraw}) {
    const context = await browser.newContext({recordHar: {path: har, content: 'embed', mode: 'full'}});
    context.setDefaultTimeout(limit);
    let sent = 0;
    const failures = [];
    const waiting = new Set();
    let last = Date.now();
    context.on('request', (request) => {
        last = Date.now();
        if (request.url().startsWith(platform)) {
            sent++;
        }
        // Nobody hears of a beacon's end.
        if (request.resourceType() !== 'ping') {
            waiting.add(request);
        }
    });
    for (const end of ['requestfinished', 'requestfailed']) {
        context.on(end, (request) => {
            last = Date.now();
            waiting.delete(request);
        });
    }
    const quiet = () => until('the page came to rest', () => waiting.size === 0 && Date.now() - last > silence);
    try {
        if (bodies) {
            await context.route('**/*', (route) => route.continue());
            // Where a result leads.
            await context.route('https://shop.example.com/**', (route) => route.fulfill({contentType: 'text/html', body: answerElsewhere}));
        }
        if (before) {
            await context.addInitScript(before);
        }
        const page = await context.newPage();
        page.on('pageerror', (error) => failures.push(error.message));
        await page.goto(url);
        await within('the page was visited', page.evaluate(() => window.visit()));
        await quiet();
        if (withdraw) {
            await withdraw(sent);
            await within('recording was turned off', page.evaluate(() => window.withdraw()));
            await quiet();
        }
        if (fill) {
            await page.locator(fill).first().fill('canoe');
            await quiet();
            await page.keyboard.press('Enter');
            await quiet();
        }
        if (click) {
            await page.locator(click).first().click();
            await quiet();
        }
        await page.goto(leave);
        await quiet();
        return {sent, failures, kept: await kept(context, page)};
    } finally {
        await context.close();
    }
}

/** The names of what the browser keeps of the page after it was left. */
async function kept(context, page) {
    const cookies = (await context.cookies()).map(({name}) => `cookie ${name}`);
    const stored = await page.evaluate(() => Object.keys(localStorage));
    return [...cookies, ...stored].sort();
}

/** Waits for a condition, and fails by a deadline. */
export async function until(what, condition) {
    for (const end = Date.now() + limit; !(await condition()); await pause(20)) {
        if (Date.now() > end) {
            throw new Error(`${limit / 1000} s passed before ${what}`);
        }
    }
}

async function within(what, promise) {
    let timer;
    const late = new Promise((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`${limit / 1000} s passed before ${what}`)), limit);
    });
    try {
        return await Promise.race([promise, late]);
    } finally {
        clearTimeout(timer);
    }
}
