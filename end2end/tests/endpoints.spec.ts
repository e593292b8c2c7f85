import { Log } from '../support/log';
import { AUTHENTO_SECRET, PERSONA_SECRET, authento, persona, personaBody, personaSigned } from '../support/providers';
import { expect, test } from '../support/test';

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('from the set-up link to a verified webhook, by way of a wrong secret', async ({ page, hookproof }) => {
      await hookproof.serve();
      const link = await hookproof.printed(/http:\/\/\S+\/link\/\S+/);

      await page.goto(link);
      await page.getByLabel('E-mail address').fill('ada@example.com');
      await page.getByLabel('New password').fill('correct horse battery staple');
      await page.getByLabel('The same password again').fill('correct horse battery staple');
      await page.getByRole('button', { name: 'Make the first admin' }).click();
      await expect(page).toHaveURL('/');

      await page.goto('/endpoints');
      await page.getByRole('link', { name: 'Add an endpoint' }).click();
      await page.getByRole('link', { name: 'Authento' }).click();
      await page.getByLabel('Name', { exact: true }).fill('Authento production');
      await page.locator('[name=secret]').fill('a-secret-that-is-not-it');
      await page.getByRole('button', { name: 'Add the endpoint' }).click();
      await expect(page.getByRole('heading', { level: 1, name: 'Authento production' })).toBeVisible();
      await expect(page.getByText('Waiting for your first webhook')).toBeVisible();
      const address = page.url();
      const url = await page.getByText(/\/hooks\//).first().innerText();

      const id = await hookproof.postTo(url, authento());
      if (javaScriptEnabled) await expect(page.getByText('The first webhook has come')).toBeVisible();
      await page.goto(`/webhooks/${id}?tab=verification`);
      await expect(page.getByText('invalid', { exact: true }).first()).toBeVisible();
      await expect(page.getByText('There is a signature, and the one live secret of this endpoint did not make it.')).toBeVisible();

      await page.goto(address);
      await page.getByText('Rotate: add a new secret').click();
      await page.locator('[name=value]').fill(AUTHENTO_SECRET);
      await page.getByLabel('Label').fill('the right one');
      await page.getByRole('button', { name: 'Add the new secret' }).click();
      await expect(page.getByText('the right one', { exact: true })).toBeVisible();

      await page.getByRole('button', { name: 'Check again' }).click();
      await expect(async () => {
        if (!javaScriptEnabled) await page.reload();
        await expect(page.getByText('Done: 1 checked, 1 changed.')).toBeVisible({ timeout: 1000 });
      }).toPass();

      await page.goto(`/webhooks/${id}?tab=verification`);
      await expect(page.getByText('verified', { exact: true }).first()).toBeVisible();
      const log = new Log(page);
      await log.open('verdict=verified');
      await log.expectIds([id]);
    });

    test('while a secret is rotated, webhooks signed with either are verified', async ({ page, hookproof }) => {
      const endpoint = await hookproof.addEndpoint('persona', 'Persona production', PERSONA_SECRET);
      await hookproof.start();
      const next = 'wbhsec_the-next-one-7b1f3f52-0001';

      await page.goto(`/endpoints/${endpoint.id}`);
      await page.getByText('Rotate: add a new secret').click();
      await page.locator('[name=value]').fill(next);
      await page.getByLabel('Label').fill('December');
      await page.getByRole('button', { name: 'Add the new secret' }).click();
      await expect(page.getByText('December', { exact: true })).toBeVisible();
      expect(await page.content()).not.toContain(next);

      const old = await hookproof.post(endpoint, persona());
      const fresh = await hookproof.post(endpoint, personaSigned(personaBody(), next));
      const log = new Log(page);
      await log.open('verdict=verified');
      await log.expectIds([fresh, old]);

      await page.goto(`/endpoints/${endpoint.id}`);
      const first = page.getByRole('listitem').filter({ hasText: 'first' });
      await first.getByText('End or remove …').click();
      await first.getByRole('button', { name: 'End “first” now' }).click();
      await expect(page.getByRole('listitem').filter({ hasText: 'first' }).getByText('ended', { exact: true })).toBeVisible();

      const late = await hookproof.post(endpoint, persona());
      await log.open('verdict=invalid');
      await log.expectIds([late]);
      await page.goto(`/webhooks/${late}?tab=verification`);
      await expect(page.getByText(/first/).first()).toBeVisible();
    });
  });
}
