import { PERSONA_SECRET, personaSigned } from '../support/providers';
import { expect, test } from '../support/test';
import { totp } from '../support/totp';

const PASSWORD = 'correct horse battery staple';

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('a page asks for a sign-in and is shown after it, with a second factor once that is on', async ({ page, hookproof }) => {
      const ada = await hookproof.addUser('ada@example.com', 'admin');
      await hookproof.serve();
      const password = async () => {
        await page.getByLabel('E-mail address').fill(ada.email);
        await page.getByLabel('Password').fill(ada.password);
        await page.getByRole('button', { name: 'Sign in' }).click();
      };

      await page.goto('/account');
      await expect(page).toHaveURL('/sign-in?next=%2Faccount');
      await password();
      await expect(page).toHaveURL('/account');

      await page.locator('#second-factor').getByLabel('Password').fill(ada.password);
      await page.getByRole('button', { name: 'Set up a second factor' }).click();
      await expect(page.getByRole('img', { name: 'QR code of the secret below' })).toBeVisible();
      const secret = await page.locator('#second-factor code').first().innerText();
      await page.getByLabel('Code').fill('000000');
      await page.getByRole('button', { name: 'Turn it on' }).click();
      await expect(page.getByRole('img', { name: 'QR code of the secret below' })).toBeVisible();
      await page.getByLabel('Code').fill(totp(secret));
      await page.getByRole('button', { name: 'Turn it on' }).click();
      await expect(page.getByText('Your recovery codes')).toBeVisible();
      const codes = (await page.getByRole('main').innerText()).match(/\b[0-9a-z]{4}(-[0-9a-z]{4}){3,}\b/gi)!;
      expect(codes).toHaveLength(10);
      await page.reload();
      await expect(page.getByText(codes[0]!)).toHaveCount(0);

      await page.getByText(ada.email).first().click();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await expect(page).toHaveURL('/sign-in');
      await page.goto('/webhooks');
      await password();
      await expect(page.getByRole('heading', { name: 'Second step' })).toBeVisible();
      // Between the steps nothing is shown.
      await page.goto('/webhooks');
      await expect(page).toHaveURL(/\/sign-in/);
      await password();
      await page.getByLabel('Code').fill('wrong-code-1');
      await page.getByRole('button', { name: 'Go on' }).click();
      await expect(page.getByText(/The code is not right/)).toBeVisible();
      await page.getByLabel('Code').fill(codes[0]!);
      await page.getByRole('button', { name: 'Go on' }).click();
      await expect(page).toHaveURL('/webhooks');
    });

    test('whoever is invited chooses a password, and a viewer sees masked data and no buttons', async ({
      page,
      browser,
      hookproof,
    }) => {
      const endpoint = await hookproof.addEndpoint('persona', 'Persona production', PERSONA_SECRET);
      await hookproof.start();
      const body = Buffer.from(
        JSON.stringify({
          data: {
            type: 'event',
            id: 'evt_masked',
            attributes: {
              name: 'inquiry.approved',
              payload: {
                data: {
                  type: 'inquiry',
                  id: 'inq_masked',
                  attributes: {
                    status: 'approved',
                    'reference-id': 'user-1042',
                    'name-first': 'Marguerite',
                    'email-address': 'marguerite@example.org',
                    birthdate: '1981-04-09',
                  },
                },
              },
            },
          },
        }),
      );
      const id = await hookproof.post(endpoint, personaSigned(body));

      await page.goto('/users');
      await page.getByLabel('E-mail address').fill('vera@example.com');
      await page.getByLabel(/^viewer/i).check();
      await page.getByRole('button', { name: 'Make an invite link' }).click();
      await expect(page.getByText('The invite link for vera@example.com')).toBeVisible();
      const link = (await page.getByRole('main').innerText()).match(/http:\/\/\S+\/link\/\S+/)![0];

      const context = await browser.newContext({ baseURL: hookproof.url, javaScriptEnabled });
      const vera = await context.newPage();
      await vera.goto(link);
      await vera.getByLabel('New password').fill(PASSWORD);
      await vera.getByLabel('The same password again').fill(PASSWORD);
      await vera.getByRole('button', { name: 'Choose this password' }).click();
      await expect(vera).toHaveURL('/');

      await vera.goto(`/webhooks/${id}`);
      await expect(vera.getByRole('region', { name: 'Payload' })).toContainText('user-1042');
      const seen = await vera.content();
      for (const personal of ['Marguerite', 'marguerite@example.org', '1981-04-09']) expect(seen).not.toContain(personal);
      await expect(vera.getByRole('button', { name: /Reveal/ })).toHaveCount(0);
      await vera.goto(`/endpoints/${endpoint.id}`);
      await expect(vera.getByRole('heading', { level: 1, name: 'Persona production' })).toBeVisible();
      await expect(vera.getByRole('main').getByRole('button', { name: /Add|Save|Archive|Disable|Check/ })).toHaveCount(0);
      await expect(vera.getByRole('link', { name: 'Users' })).toHaveCount(0);
      expect((await vera.goto('/users'))!.status()).toBe(403);
      expect((await vera.goto('/audit'))!.status()).toBe(403);

      const own = { 'sec-fetch-site': 'same-origin' };
      const reveal = await context.request.post('/console/webhooks/reveal', { form: { id }, headers: own, maxRedirects: 0 });
      expect(reveal.status()).toBe(403);
      const archive = await context.request.post('/console/endpoints/archive', {
        form: { id: endpoint.id },
        headers: own,
        maxRedirects: 0,
      });
      expect(archive.status()).toBe(403);
      expect((await context.request.get(`/webhooks/${id}/body`)).status()).toBe(403);
      await context.close();

      // The admin reveals it, and the audit log says so.
      await page.goto(`/webhooks/${id}`);
      expect(await page.content()).not.toContain('Marguerite');
      await page.getByRole('button', { name: /Reveal/ }).click();
      await expect(page.getByRole('region', { name: 'Payload' })).toContainText('Marguerite');
      await page.goto('/audit?action=webhook.revealed');
      await expect(page.getByRole('cell', { name: 'revealed personal data' })).toBeVisible();
      expect(await page.content()).not.toContain('Marguerite');
    });
  });
}

test('guessing a password is slowed down, and the owner still gets in with the browser that is known', async ({
  page,
  browser,
  hookproof,
}) => {
  const ada = await hookproof.addUser('ada@example.com', 'admin');
  await hookproof.serve();
  await hookproof.signIn(page.context(), ada);

  const stranger = await (await browser.newContext({ baseURL: hookproof.url })).newPage();
  // Five tries from one address, of which the first sign-in was one.
  for (let tries = 0; tries < 5; tries += 1) {
    await stranger.goto('/sign-in');
    await stranger.getByLabel('E-mail address').fill(ada.email);
    await stranger.getByLabel('Password').fill(`guess number ${tries}`);
    await stranger.getByRole('button', { name: 'Sign in' }).click();
    if (tries < 4) await expect(stranger.getByText('The e-mail address or the password is not right.')).toBeVisible();
  }
  await expect(stranger.getByText(/too many tries/i)).toBeVisible();
  await stranger.context().close();

  await hookproof.signIn(page.context(), ada);
});

test('an action that another site sends is refused', async ({ page, hookproof }) => {
  const endpoint = await hookproof.addEndpoint('persona', 'Persona production', PERSONA_SECRET);
  await hookproof.start();
  const archive = (headers: Record<string, string>) =>
    page.context().request.post('/console/endpoints/archive', { form: { id: endpoint.id }, headers, maxRedirects: 0 });
  expect((await archive({ 'sec-fetch-site': 'cross-site' })).status()).toBe(403);
  expect((await archive({ origin: 'https://example.org' })).status()).toBe(403);
  expect((await archive({})).status()).toBe(403);
  await page.goto('/endpoints');
  await expect(page.getByText('Persona production')).toBeVisible();
});
