import type { Page } from '@playwright/test';
import type { Hookproof } from '../support/hookproof';
import { Log } from '../support/log';
import { PERSONA_SECRET, persona, personaAltered } from '../support/providers';
import { Receiver, SAID, isSignedBy } from '../support/receiver';
import { expect, test as base } from '../support/test';

/** With a service of ours behind the address of a destination. */
const test = base.extend<{ receiver: Receiver }>({
  receiver: async ({}, use) => {
    const receiver = await Receiver.start();
    await use(receiver);
    await receiver.stop();
  },
});

/** One attempt, and then it is for a person. */
const ONE_ATTEMPT = ['--schedule', '0'];

/** Waits until the page shows it. Without JavaScript a page does not change by itself. */
async function eventually(page: Page, javaScriptEnabled: boolean, check: () => Promise<void>): Promise<void> {
  await expect(async () => {
    if (!javaScriptEnabled) await page.reload();
    await check();
  }).toPass();
}

/** Waits until a list of deliveries has so many rows. */
async function expectDeliveries(page: Page, query: string, count: number): Promise<void> {
  await expect(async () => {
    await page.goto(`/deliveries?${query}`);
    await expect(new Log(page).rows).toHaveCount(count, { timeout: 500 });
  }).toPass();
}

async function postSome(hookproof: Hookproof, count: number): Promise<string[]> {
  const endpoint = await hookproof.addEndpoint('persona', 'Persona production', PERSONA_SECRET);
  await hookproof.start();
  const ids: string[] = [];
  for (let made = 0; made < count; made += 1) ids.push(await hookproof.post(endpoint, persona()));
  return ids;
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('a delivery that failed is found, opened, tried again and seen delivered', async ({ page, hookproof, receiver }) => {
      receiver.status = 500;
      const destination = await hookproof.addDestination('Onboarding', receiver.url, ...ONE_ATTEMPT);
      const [id] = await postSome(hookproof, 1);
      await expectDeliveries(page, 'state=failed', 1);

      await page.goto('/');
      await expect(page.getByText('1 delivery failed for good')).toBeVisible();
      await page.getByRole('link', { name: 'Show the failed' }).click();
      await expect(page).toHaveURL(/\/deliveries\?state=failed/);
      const row = new Log(page).rows.first();
      await expect(row.getByText('answered 500')).toBeVisible();
      await row.locator('a[href^="/deliveries/"]').first().click();
      await expect(page.getByText('failed', { exact: true }).first()).toBeVisible();
      await expect(page.getByText(SAID).first()).toBeAttached();

      receiver.status = 204;
      await page.getByRole('button', { name: 'Try now' }).click();
      await eventually(page, false, async () => {
        await expect(page.getByText('delivered', { exact: true }).first()).toBeVisible({ timeout: 1000 });
      });
      await expect(page.getByText('by hand').first()).toBeVisible();

      const log = new Log(page);
      await log.open('delivery=delivered');
      await log.expectIds([id]);
      expect(receiver.ids).toEqual([id, id]);
      for (const request of receiver.received) expect(isSignedBy(destination.secret, request)).toBe(true);
    });

    test('everything that a filter matches is resent, with a count first', async ({ page, hookproof, receiver }) => {
      receiver.status = 500;
      await hookproof.addDestination('Onboarding', receiver.url, ...ONE_ATTEMPT);
      const ids = await postSome(hookproof, 12);
      await expectDeliveries(page, 'state=failed', 12);
      receiver.status = 204;
      receiver.received.length = 0;

      await page.goto('/webhooks?delivery=failed');
      await page.getByRole('link', { name: 'Resend …' }).click();
      await page.getByRole('button', { name: 'Resend 12 webhooks' }).click();
      await expect(page).toHaveURL(/\/resends\//);
      await eventually(page, javaScriptEnabled, async () => {
        await expect(page.getByText('12 webhooks, 12 deliveries: 12 delivered')).toBeVisible({ timeout: 1000 });
      });
      expect([...receiver.ids].sort()).toEqual([...ids].sort());
    });

    test('a resend is cancelled before it has been sent', async ({ page, hookproof, receiver }) => {
      const destination = await hookproof.addDestination('Onboarding', receiver.url, ...ONE_ATTEMPT);
      await postSome(hookproof, 5);
      await expectDeliveries(page, 'state=delivered', 5);

      await page.goto(`/destinations/${destination.id}`);
      await page.getByRole('button', { name: 'Pause Onboarding' }).click();
      await expect(page.getByText(/^Paused/).first()).toBeVisible();
      await page.goto('/webhooks');
      await page.getByRole('link', { name: 'Resend …' }).click();
      await page.getByRole('button', { name: 'Resend 5 webhooks' }).click();
      await expect(page).toHaveURL(/\/resends\//);
      const resend = page.url();
      await expectDeliveries(page, 'state=pending', 5);
      await page.goto(resend);
      await page.getByRole('button', { name: 'Cancel what has not been sent' }).click();
      await expect(page.getByRole('heading', { name: 'Resending was cancelled' })).toBeVisible();

      await expectDeliveries(page, 'state=cancelled', 5);
      await page.goto(`/destinations/${destination.id}`);
      await page.getByRole('button', { name: 'Enable Onboarding' }).click();
      await expectDeliveries(page, 'state=delivered', 5);
      expect(receiver.received).toHaveLength(5);
    });

    test('a webhook that is not trusted is held until a person releases it', async ({ page, hookproof, receiver }) => {
      await hookproof.addDestination('Onboarding', receiver.url);
      const endpoint = await hookproof.addEndpoint('persona', 'Persona production', PERSONA_SECRET);
      await hookproof.start();
      const forged = personaAltered();
      const id = await hookproof.post(endpoint, forged);
      const genuine = await hookproof.post(endpoint, persona());
      await expectDeliveries(page, 'state=delivered', 1);
      expect(receiver.ids).toEqual([genuine]);

      await page.goto('/');
      await page.getByRole('link', { name: 'Show the held' }).click();
      await expect(new Log(page).rows).toHaveCount(1);
      await page.goto(`/webhooks/${id}?tab=deliveries`);
      await expect(page.getByText('Its signature is invalid.').first()).toBeVisible();
      await page.getByRole('button', { name: 'Release' }).first().click();
      await expectDeliveries(page, 'state=delivered', 2);
      const [, released] = receiver.received;
      expect(released.headers['webhook-id']).toBe(id);
      expect(released.headers['hookproof-verdict']).toBe('invalid');
      expect(released.headers['persona-signature']).toBe(forged.headers['Persona-Signature']);
      expect(released.body.equals(forged.body)).toBe(true);
    });

    test('selected webhooks are resent from the list', async ({ page, hookproof, receiver }) => {
      await hookproof.addDestination('Onboarding', receiver.url);
      const ids = await postSome(hookproof, 3);
      await expectDeliveries(page, 'state=delivered', 3);
      receiver.received.length = 0;

      const log = new Log(page);
      await log.open();
      for (const id of [ids[0], ids[2]]) await log.row(id).getByRole('checkbox').check();
      await page.getByRole('form', { name: 'With the selected webhooks' }).getByRole('button', { name: 'Resend' }).click();
      await expect(page).toHaveURL(/done=/);
      await expect(() => expect([...receiver.ids].sort()).toEqual([ids[0], ids[2]].sort())).toPass();
    });

    test('a destination is added, tried out and given another secret', async ({ page, hookproof, receiver }) => {
      // Lets this machine be a destination.
      await hookproof.addDestination('Other', receiver.url);
      const endpoint = await hookproof.addEndpoint('persona', 'Persona production', PERSONA_SECRET);
      await hookproof.start();

      await page.goto('/destinations');
      await page.getByRole('link', { name: 'Add a destination' }).click();
      await page.getByLabel('Name', { exact: true }).fill('Billing');
      await page.getByLabel('URL', { exact: true }).fill('https://169.254.169.254/latest');
      await page.getByRole('button', { name: 'Add the destination' }).click();
      await expect(page.getByText(/169\.254\.169\.254 is the address of a cloud's metadata/).first()).toBeVisible();
      await page.getByLabel('Name', { exact: true }).fill('Billing');
      await page.getByLabel('URL', { exact: true }).fill(receiver.url);
      await page.getByRole('button', { name: 'Add the destination' }).click();
      await expect(page.getByRole('heading', { level: 1, name: 'Billing' })).toBeVisible();
      const first = await page.getByText(/^whsec_\S{40,}/).first().innerText();
      await page.reload();
      expect(await page.content()).not.toContain(first);

      await page.getByRole('button', { name: 'Send a test' }).click();
      await expect(page.getByText(/It was taken: answered 204/)).toBeVisible();
      const probe = receiver.received.at(-1)!;
      expect(probe.headers['hookproof-event-type']).toBe('hookproof.test');
      expect(isSignedBy(first, probe)).toBe(true);

      await page.getByText('Rotate …').click();
      await page.getByRole('button', { name: 'Make a new signing secret' }).click();
      const second = await page.getByText(/^whsec_\S{40,}/).first().innerText();
      expect(second).not.toBe(first);
      receiver.received.length = 0;
      await hookproof.post(endpoint, persona());
      await expect(() => expect(receiver.received).toHaveLength(2)).toPass();
      const both = receiver.received.filter((request) => isSignedBy(first, request) && isSignedBy(second, request));
      expect(both).toHaveLength(1);
    });

    test('what arrives while a destination is paused waits, and enabling asks', async ({ page, hookproof, receiver }) => {
      const destination = await hookproof.addDestination('Onboarding', receiver.url);
      const endpoint = await hookproof.addEndpoint('persona', 'Persona production', PERSONA_SECRET);
      await hookproof.start();
      const pause = async () => {
        await page.goto(`/destinations/${destination.id}`);
        await page.getByRole('button', { name: 'Pause Onboarding' }).click();
        await expect(page.getByText(/^Paused/).first()).toBeVisible();
      };

      await pause();
      const waited = await hookproof.post(endpoint, persona());
      await page.reload();
      await page.getByRole('button', { name: 'Enable and send the 1 that waited' }).click();
      await expectDeliveries(page, 'state=delivered', 1);
      expect(receiver.ids).toEqual([waited]);

      await pause();
      await hookproof.post(endpoint, persona());
      await page.reload();
      await page.getByRole('button', { name: 'Enable and cancel the 1 that waited' }).click();
      await expectDeliveries(page, 'state=cancelled', 1);
      expect(receiver.ids).toEqual([waited]);
    });

    test('a viewer sees deliveries and cannot touch them', async ({ page, context, hookproof, receiver }) => {
      receiver.status = 500;
      await hookproof.addDestination('Onboarding', receiver.url, ...ONE_ATTEMPT);
      const viewer = await hookproof.addUser('vera@example.com', 'viewer');
      const [id] = await postSome(hookproof, 1);
      await expectDeliveries(page, 'state=failed', 1);
      await context.clearCookies();
      await hookproof.signIn(context, viewer);

      await page.goto('/deliveries');
      const delivery = await new Log(page).rows.first().locator('a[href^="/deliveries/"]').first().getAttribute('href');
      await expect(page.getByRole('button', { name: /Try/ })).toHaveCount(0);
      await page.goto(delivery!);
      await expect(page.getByText('What was answered is shown to operators and admins.').first()).toBeVisible();
      expect(await page.content()).not.toContain(SAID);
      await expect(page.getByRole('button', { name: /Try|Cancel|Skip/ })).toHaveCount(0);
      await page.goto(`/webhooks/${id}`);
      await expect(page.getByRole('button', { name: /Resend|Release/ })).toHaveCount(0);
      const refused = await context.request.post(`${hookproof.url}/console/deliveries/retry`, {
        form: { id: delivery!.split('/').pop()! },
        headers: { 'sec-fetch-site': 'same-origin' },
        maxRedirects: 0,
      });
      expect(refused.status()).toBe(403);
    });
  });
}
