import type { Page } from '@playwright/test';
import type { Hookproof } from '../support/hookproof';
import { Log } from '../support/log';
import { PERSONA_SECRET, persona } from '../support/providers';
import { Receiver } from '../support/receiver';
import { Sandbox } from '../support/sandbox';
import { expect, test as base } from '../support/test';

/** With a service of ours, and stand-ins that are stopped at the end. */
const test = base.extend<{ receiver: Receiver; sandbox: (...args: SandboxArguments) => Promise<Sandbox> }>({
  receiver: async ({}, use) => {
    const receiver = await Receiver.start();
    await use(receiver);
    await receiver.stop();
  },
  sandbox: async ({ hookproof }, use) => {
    const started: Sandbox[] = [];
    await use(async (provider, count, ...more) => {
      const sandbox = await Sandbox.post(hookproof, provider, count, ...more);
      started.push(sandbox);
      return sandbox;
    });
    for (const sandbox of started) await sandbox.stop();
  },
});

type SandboxArguments = [provider: string, count: number, ...more: string[]];

/** The stand-ins answer on this machine, which has to be allowed. */
const ON_THIS_MACHINE = { HOOKPROOF_ALLOW_NETWORKS: '127.0.0.0/8', HOOKPROOF_ALLOW_HTTP: 'true' };

/** Stories that take some seconds, so that records change between their webhooks. */
const SLOWLY = ['--speed', '60', '--rate', '5', '--seed', '3'];

/** The name under which the sandbox looks for its endpoint. */
const CASE_KEEPER = 'Case Keeper sandbox';

/** Reloads until the page shows it. */
async function eventually(page: Page, check: () => Promise<void>): Promise<void> {
  await expect(async () => {
    await page.reload();
    await check();
  }).toPass({ timeout: 30_000 });
}

/** Opens the newest webhook that the filter lets through, at its provider's record. */
async function openRecord(page: Page, query: string): Promise<void> {
  const log = new Log(page);
  await log.open(query);
  await log.rows.first().locator('a[href^="/webhooks/"]').first().click();
  await page.getByRole('link', { name: 'Provider record' }).click();
  await expect(page).toHaveURL(/tab=record/);
}

async function addCaseKeeper(hookproof: Hookproof, ...more: string[]): Promise<void> {
  hookproof.settings = ON_THIS_MACHINE;
  await hookproof.run(['endpoint', 'add', '--provider', 'case_keeper', '--name', CASE_KEEPER, ...more]);
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('an unsigned Case Keeper webhook is confirmed by its record and then forwarded', async ({
      page,
      hookproof,
      receiver,
      sandbox,
    }) => {
      await addCaseKeeper(hookproof, '--confirm-before-forwarding');
      await hookproof.addDestination('Onboarding', receiver.url);
      await hookproof.start();
      await sandbox('case_keeper', 3, ...SLOWLY);

      const log = new Log(page);
      await expect(async () => {
        await log.open('verdict=confirmed&delivery=delivered');
        expect(await log.rows.count()).toBeGreaterThan(0);
      }).toPass({ timeout: 30_000 });
      expect(receiver.received.length).toBeGreaterThan(0);
      for (const { headers } of receiver.received) expect(headers['hookproof-verdict']).toBe('confirmed');

      await openRecord(page, 'verdict=confirmed&delivery=delivered');
      await expect(page.getByRole('heading', { name: 'The record agrees with this webhook' })).toBeVisible();
      await expect(page.getByText(/^What a record confirms is the object and its state/)).toBeVisible();
      await page.getByRole('link', { name: 'Deliveries' }).last().click();
      await expect(page.getByText('delivered', { exact: true }).first()).toBeVisible();
    });

    test('an expired presigned link is renewed', async ({ page, hookproof, sandbox }) => {
      await addCaseKeeper(hookproof);
      await hookproof.start();
      await sandbox('case_keeper', 10, '--link-life', '8', '--speed', '100000', '--rate', '100', '--seed', '3');

      await openRecord(page, 'event_type=verification.completed');
      await page.getByRole('button', { name: 'Re-fetch' }).click();
      await expect(page.getByText(/^ends in/).first()).toBeVisible();
      const saved = page.waitForEvent('download');
      await page.getByRole('link', { name: 'Download' }).click();
      expect((await saved).suggestedFilename()).toMatch(/^record-.*\.bin$/);
      await eventually(page, async () => {
        await expect(page.getByText(/^ended .* ago/).first()).toBeVisible({ timeout: 500 });
      });
      await page.getByRole('button', { name: 'Renew' }).first().click();
      await expect(page.getByText(/^ends in/).first()).toBeVisible();
      await expect(page.getByText(/^ended .* ago/)).toHaveCount(0);
    });

    test('a changed record shows its comparison', async ({ page, hookproof, sandbox }) => {
      await addCaseKeeper(hookproof, '--confirm-before-forwarding');
      await hookproof.start();
      await sandbox('case_keeper', 6, ...SLOWLY);

      await expect(async () => {
        await new Log(page).open('verdict=confirmed');
        expect(await new Log(page).rows.count()).toBeGreaterThan(1);
      }).toPass({ timeout: 30_000 });
      await openRecord(page, 'verdict=confirmed');
      const comparison = page.getByRole('table').filter({ hasText: 'Before' });
      await expect(comparison).toBeVisible();
      expect(await comparison.getByRole('row').count()).toBeGreaterThan(1);
      await expect(page.getByText(/differs? from the record before/)).toBeVisible();
    });

    test('a webhook that Persona never sent is found, stored and forwarded', async ({ page, hookproof, receiver, sandbox }) => {
      hookproof.settings = ON_THIS_MACHINE;
      await hookproof.addDestination('Onboarding', receiver.url);
      await hookproof.start();
      await sandbox('persona', 300, '--speed', '100000', '--rate', '100', '--seed', '3');

      await page.goto('/endpoints');
      await page.getByRole('link', { name: 'Persona sandbox' }).click();
      await page.getByRole('button', { name: 'Compare' }).click();
      await eventually(page, async () => {
        await expect(page.getByText(/^Done: .* missing\.$/)).toBeVisible({ timeout: 500 });
      });
      const store = page.getByRole('button', { name: /^Store \d+ events?$/ });
      const missing = Number(/\d+/.exec((await store.textContent()) ?? '')?.[0]);
      expect(missing).toBeGreaterThan(0);
      await store.click();
      await expect(page.getByText(/stored, and forwarded like the rest/).first()).toBeVisible();

      const log = new Log(page);
      await log.open('verdict=confirmed');
      await expect(log.rows).toHaveCount(missing);
      await log.rows.first().locator('a[href^="/webhooks/"]').first().click();
      await expect(page.getByText('found by comparison', { exact: true }).first()).toBeVisible();
      await page.getByRole('link', { name: 'Verification' }).click();
      await expect(page.getByText(/^It never arrived in a form that could be trusted\./)).toBeVisible();
      await expect(page.getByRole('heading', { name: 'What it rests on' })).toHaveCount(0);
      await page.getByRole('link', { name: 'Provider record' }).click();
      await expect(page.getByRole('heading', { name: "Confirmed by the provider's list of events" })).toBeVisible();
      await expect(page.getByText('It was not asked yet')).toHaveCount(0);
      await expect
        .poll(() => receiver.received.filter(({ headers }) => headers['hookproof-verdict'] === 'confirmed').length)
        .toBe(missing);
    });

    test('a subject is shown over all its webhooks, and erased', async ({ page, hookproof }) => {
      // What is part of an address in some way: the second is not the first, though it looks like its address.
      const subject = 'ann%2Flee 7';
      const others = ['ann/lee 7', 'ann%252Flee 7'];
      const endpoint = await hookproof.addEndpoint('persona', 'Persona production', PERSONA_SECRET);
      await hookproof.start();
      await hookproof.post(endpoint, persona({ name: 'inquiry.created', subject }));
      const id = await hookproof.post(endpoint, persona({ name: 'inquiry.approved', subject }));
      for (const other of others) await hookproof.post(endpoint, persona({ name: 'inquiry.declined', subject: other }));

      await page.goto(`/webhooks/${id}`);
      await page.getByRole('link', { name: subject }).first().click();
      await expect(page).toHaveURL(/\/subjects\/ann%252Flee%207$/);
      await expect(page.getByRole('heading', { name: subject, exact: true })).toBeVisible();
      await expect(page.getByText('inquiry.created').first()).toBeVisible();
      await expect(page.getByText('inquiry.declined')).toHaveCount(0);
      await expect(page.getByText('approved', { exact: true }).first()).toBeVisible();

      // Searching for it leads to the same page.
      const search = await page.request.get('/subjects', { params: { subject }, maxRedirects: 0 });
      expect(search.headers().location).toBe('/subjects/ann%252Flee%207');

      const erase = page.getByRole('button', { name: `Erase ${subject} for good` });
      if (!(await erase.isVisible())) await page.getByText(/^Erase/).first().click();
      await page.getByLabel(/type the subject/).fill(subject);
      await erase.click();
      await page.goto(`/webhooks/${id}`);
      await expect(page.getByText(/^Erased on/).first()).toBeVisible();
      const gone = await page.goto(`/subjects/${encodeURIComponent(subject)}`);
      expect(gone?.status()).toBe(404);
      for (const other of others) {
        const stays = await page.goto(`/subjects/${encodeURIComponent(other)}`);
        expect(stays?.status()).toBe(200);
        await expect(page.getByRole('heading', { name: other, exact: true })).toBeVisible();
      }
    });
  });
}

test('signing in leads on to the subject that was asked for', async ({ page, context, hookproof }) => {
  const subject = 'ann%2Flee 7';
  const endpoint = await hookproof.addEndpoint('persona', 'Persona production', PERSONA_SECRET);
  await hookproof.start();
  await hookproof.post(endpoint, persona({ subject }));
  const viewer = await hookproof.addUser('vera@example.com', 'viewer');
  await context.clearCookies();

  await page.goto(`/subjects/${encodeURIComponent(subject)}`);
  await page.getByLabel('E-mail address').fill(viewer.email);
  await page.getByLabel('Password').fill(viewer.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: subject, exact: true })).toBeVisible();
  await expect(page.getByText('inquiry.approved').first()).toBeVisible();
});

test('wrong credentials are named, and leave no record', async ({ page, hookproof, sandbox }) => {
  await addCaseKeeper(hookproof);
  await hookproof.start();
  const { apis } = await sandbox('case_keeper', 3, '--speed', '100000', '--rate', '100');
  const token = (await hookproof.run(['token', 'add', '--user', 'ada@example.com', '--name', 'end2end'])).trim().split('\n').pop();
  const api = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const { items } = await (await fetch(`${hookproof.url}/api/v1/endpoints`, { headers: api })).json();
  const answer = await fetch(`${hookproof.url}/api/v1/endpoints/${items[0].id}/credentials`, {
    method: 'PUT',
    headers: api,
    body: JSON.stringify({
      client_id: 'somebody',
      client_secret: 'else',
      base_url: `${apis}/case_keeper/api/v3/case-keeper`,
      token_url: `${apis}/case_keeper/auth/realms/mac-portal/protocol/openid-connect/token`,
    }),
  });
  expect(answer.status).toBe(204);

  await openRecord(page, '');
  await page.getByRole('button', { name: 'Re-fetch' }).click();
  await expect(page.getByText('The provider does not take the credentials.').first()).toBeVisible();
  await expect(page.getByText('Set the credentials on the endpoint').first()).toBeVisible();
});

test('a viewer sees records masked and cannot ask', async ({ page, context, hookproof, sandbox }) => {
  await addCaseKeeper(hookproof, '--confirm-before-forwarding');
  await hookproof.start();
  await sandbox('case_keeper', 6, '--speed', '100000', '--rate', '100', '--seed', '3');
  await expect(async () => {
    await new Log(page).open('verdict=confirmed');
    expect(await new Log(page).rows.count()).toBeGreaterThan(0);
  }).toPass({ timeout: 30_000 });
  const viewer = await hookproof.addUser('vera@example.com', 'viewer');
  await context.clearCookies();
  await hookproof.signIn(context, viewer);

  await openRecord(page, 'verdict=confirmed');
  await expect(page.getByText('•••').first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Re-fetch' })).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Renew' })).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'Download' })).toHaveCount(0);
  const id = /\/webhooks\/([^?]+)/.exec(page.url())?.[1] ?? '';
  const answer = await context.request.post(`${hookproof.url}/console/webhooks/refetch`, {
    form: { id },
    headers: { 'sec-fetch-site': 'same-origin' },
    maxRedirects: 0,
  });
  expect(answer.status()).toBe(403);
});
