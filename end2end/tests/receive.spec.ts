import { Log } from '../support/log';
import { PERSONA_SECRET, persona, personaAltered, personaBody, personaSigned } from '../support/providers';
import { expect, test } from '../support/test';

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('a signed Persona request appears as verified', async ({ page, hookproof }) => {
      const endpoint = await hookproof.addEndpoint('persona', 'Persona production', PERSONA_SECRET);
      await hookproof.start();
      const log = new Log(page);

      await log.open();
      await expect(page.getByRole('heading', { name: 'Waiting for the first webhook' })).toBeVisible();
      await expect(page.getByText(endpoint.url)).toBeVisible();

      const id = await hookproof.post(endpoint, persona({ subject: 'user-1042' }));
      await log.open();
      const row = log.row(id);
      await expect(row.getByRole('cell', { name: 'verified', exact: true })).toBeVisible();
      await expect(row.getByRole('cell', { name: 'approved', exact: true })).toBeVisible();
      await expect(row).toContainText('Persona');
      await expect(row).toContainText('user-1042');

      await row.getByRole('link', { name: 'inquiry.approved' }).click();
      await expect(page).toHaveURL(`/webhooks/${id}`);
      await expect(page.getByRole('heading', { level: 1, name: 'inquiry.approved' })).toBeVisible();
      await expect(page.getByRole('region', { name: 'Payload' })).toContainText('reference-id');
      await page.getByRole('link', { name: 'Verification' }).click();
      await expect(page.getByText(/^Persona made this request: it is signed with/)).toBeVisible();
    });

    test('an altered Persona request appears as invalid, with a sentence that says why', async ({ page, hookproof }) => {
      const endpoint = await hookproof.addEndpoint('persona', 'Persona production', PERSONA_SECRET);
      await hookproof.start();
      const id = await hookproof.post(endpoint, personaAltered());
      const log = new Log(page);

      await log.open();
      await expect(log.row(id).getByRole('cell', { name: 'invalid', exact: true })).toBeVisible();
      await expect(log.rows.getByRole('cell', { name: 'verified', exact: true })).toHaveCount(0);

      await log.row(id).getByRole('link', { name: 'inquiry.approved' }).click();
      await page.getByRole('link', { name: 'Verification' }).click();
      await expect(page.getByText('There is a signature, and the one live secret of this endpoint did not make it.')).toBeVisible();
      await expect(page.getByText(/the body was altered or the request is forged/)).toBeVisible();
    });
  });
}

test('a body that a proxy wrote anew is told from a forged one', async ({ page, hookproof }) => {
  const endpoint = await hookproof.addEndpoint('persona', 'Persona production', PERSONA_SECRET);
  await hookproof.start();
  const signed = personaSigned(personaBody());
  const rewritten = { ...signed, body: Buffer.from(JSON.stringify(JSON.parse(signed.body.toString()), null, 2)) };
  const id = await hookproof.post(endpoint, rewritten);

  await page.goto(`/webhooks/${id}?tab=verification`);
  await expect(page.getByText(/rewrote the body/)).toBeVisible();
});

test('a signature that is right but old is stale', async ({ page, hookproof }) => {
  const endpoint = await hookproof.addEndpoint('persona', 'Persona production', PERSONA_SECRET);
  await hookproof.start();
  const hourAgo = Math.floor(Date.now() / 1000) - 3605;
  const id = await hookproof.post(endpoint, personaSigned(personaBody(), PERSONA_SECRET, hourAgo));

  await page.goto(`/webhooks/${id}?tab=verification`);
  await expect(page.getByText(/The signature is right, but it was made 1 h before the request arrived/)).toBeVisible();
});

test('the same event twice shows the second one as a duplicate of the first', async ({ page, hookproof }) => {
  const endpoint = await hookproof.addEndpoint('persona', 'Persona production', PERSONA_SECRET);
  await hookproof.start();
  const first = await hookproof.post(endpoint, persona({ id: 'evt_once', subject: 'user-7' }));
  const second = await hookproof.post(endpoint, persona({ id: 'evt_once', subject: 'user-7' }));
  const log = new Log(page);

  await log.open();
  await log.expectIds([second, first]);
  const link = log.rows.first().getByRole('link', { name: 'duplicate' });
  await expect(link).toHaveAttribute('href', `/webhooks/${first}`);
  await expect(log.rows.last().getByRole('link', { name: 'duplicate' })).toHaveCount(0);
});

test('an open list offers the webhooks that came in the meantime', async ({ page, hookproof }) => {
  const endpoint = await hookproof.addEndpoint('persona', 'Persona production', PERSONA_SECRET);
  await hookproof.start();
  await hookproof.post(endpoint, persona());
  const log = new Log(page);
  await log.open();
  await expect(log.rows).toHaveCount(1);

  const id = await hookproof.post(endpoint, persona());
  await page.getByRole('link', { name: '1 new webhook — show' }).click();
  await expect(log.row(id)).toBeVisible();
  await expect(log.rows).toHaveCount(2);
});

test('the theme that was chosen is remembered', async ({ page, hookproof }) => {
  await hookproof.start();
  await page.goto('/endpoints');
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await ground();

  const asTheSystem = page.getByRole('button', { name: 'Theme: as the system' });
  const chosenLight = page.getByRole('button', { name: 'Theme: light' });
  // The button is there before what makes it work has been loaded; a click that comes too early does nothing.
  await expect(async () => {
    if (await asTheSystem.isVisible()) await asTheSystem.click();
    await expect(chosenLight).toBeVisible({ timeout: 500 });
  }).toPass();
  await chosenLight.click();
  await expect(page.getByRole('button', { name: 'Theme: dark' })).toBeVisible();
  await expect.poll(ground).not.toBe(light);
  const dark = await ground();

  await page.reload();
  await expect(page.getByRole('button', { name: 'Theme: dark' })).toBeVisible();
  expect(await ground()).toBe(dark);
});
