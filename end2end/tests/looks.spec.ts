import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { ConsoleMessage, Page } from '@playwright/test';
import {
  AUTHENTO_SECRET,
  PERSONA_SECRET,
  authento,
  caseKeeper,
  persona,
  personaAltered,
  personaBody,
  personaSigned,
} from '../support/providers';
import { expect, test } from '../support/test';

const SCREENSHOTS = join(__dirname, '..', 'screenshots');
const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];
const SCHEMES = ['light', 'dark'] as const;
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Looks at a page in every size and scheme: nothing runs over the edge, axe finds nothing, and it keeps its own policy. */
async function look(page: Page, name: string, path: string, status = 200): Promise<void> {
  const errors: string[] = [];
  const collect = (error: Error) => errors.push(error.message);
  const collectViolation = (message: ConsoleMessage) => {
    if (message.text().includes('Content Security Policy')) errors.push(message.text());
  };
  page.on('pageerror', collect);
  page.on('console', collectViolation);
  for (const size of SIZES) {
    for (const colorScheme of SCHEMES) {
      await test.step(`${name}, ${size.width} px, ${colorScheme}`, async () => {
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        const answer = await page.goto(path);
        expect(answer!.status()).toBe(status);
        expect(answer!.headers()['content-security-policy']).toContain("default-src 'none'; script-src 'self' 'nonce-");
        await page.screenshot({ path: join(SCREENSHOTS, `${name}-${size.width}-${colorScheme}.png`), fullPage: true });

        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect.soft(overflow, 'pixels that are reached only by scrolling sideways').toBeLessThanOrEqual(0);

        const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
        const found = violations.map(({ id, help, nodes }) => ({ id, help, at: nodes.map((node) => node.target.join(' ')) }));
        expect.soft(found).toEqual([]);
      });
    }
  }
  page.off('pageerror', collect);
  page.off('console', collectViolation);
  expect(errors).toEqual([]);
}

test('the pages of a log that lives', async ({ page, hookproof }) => {
  test.setTimeout(300_000);
  const personaEndpoint = await hookproof.addEndpoint('persona', 'Persona production', PERSONA_SECRET);
  const authentoEndpoint = await hookproof.addEndpoint('authento', 'Authento production', AUTHENTO_SECRET);
  const caseKeeperEndpoint = await hookproof.addEndpoint('case_keeper', 'Case Keeper production');
  await hookproof.addEndpoint('peleza', 'Peleza production');
  await hookproof.start();
  for (let count = 0; count < 20; count += 1) await hookproof.post(personaEndpoint, persona());
  const duplicate = { id: 'evt_twice', subject: 'a-subject-whose-reference-is-rather-long-0123456789abcdef0123456789abcdef' };
  await hookproof.post(personaEndpoint, persona(duplicate));
  await hookproof.post(personaEndpoint, persona(duplicate));
  await hookproof.post(personaEndpoint, persona({ name: 'inquiry.marked-for-review', subject: 'user-1042' }));
  await hookproof.post(personaEndpoint, { headers: {}, body: personaBody() });
  await hookproof.post(personaEndpoint, personaSigned(personaBody(), PERSONA_SECRET, Math.floor(Date.now() / 1000) - 4000));
  for (const event of ['REVIEWED', 'ON_HOLD', 'PENDING']) await hookproof.post(authentoEndpoint, authento(event));
  await hookproof.post(caseKeeperEndpoint, caseKeeper());
  const broken = await hookproof.post(caseKeeperEndpoint, { headers: {}, body: Buffer.from('not JSON: ' + 'x'.repeat(2000)) });
  const binary = await hookproof.post(caseKeeperEndpoint, { headers: {}, body: Buffer.from([...Array(256).keys()]) });
  const verified = await hookproof.post(personaEndpoint, persona({ subject: 'user-1042' }));
  const invalid = await hookproof.post(personaEndpoint, personaAltered({ subject: 'user-1042' }));

  await look(page, 'webhooks', '/webhooks');
  await look(page, 'webhooks-filtered', '/webhooks?provider=persona&verdict=verified&verdict=invalid&subject=user-1042');
  await look(page, 'webhooks-nothing-matches', '/webhooks?subject=nobody');
  await look(page, 'webhooks-unreadable-address', '/webhooks?verdict=good', 400);
  await look(page, 'webhook-payload', `/webhooks/${verified}`);
  await look(page, 'webhook-raw', `/webhooks/${verified}?view=raw`);
  await look(page, 'webhook-headers', `/webhooks/${verified}?tab=headers`);
  await look(page, 'webhook-verified', `/webhooks/${verified}?tab=verification`);
  await look(page, 'webhook-invalid', `/webhooks/${invalid}?tab=verification`);
  await look(page, 'webhook-record', `/webhooks/${verified}?tab=record`);
  await look(page, 'subjects', '/subjects');
  await look(page, 'subject', '/subjects/user-1042');
  await look(page, 'subject-long', `/subjects/${duplicate.subject}`);
  await look(page, 'subject-unknown', '/subjects/nobody', 404);
  await look(page, 'webhook-not-json', `/webhooks/${broken}`);
  await look(page, 'webhook-binary', `/webhooks/${binary}`);
  await look(page, 'endpoints', '/endpoints');
  await look(page, 'not-found', '/nowhere', 404);
});

test('the pages where one signs in, and those of accounts and settings', async ({ page, browser, hookproof }) => {
  test.setTimeout(300_000);
  const endpoint = await hookproof.addEndpoint('persona', 'Persona production', PERSONA_SECRET);
  const waiting = await hookproof.addEndpoint('authento', 'Authento sandbox');
  const caseKeeperEndpoint = await hookproof.addEndpoint('case_keeper', 'Case Keeper production');
  const vera = await hookproof.addUser('vera@example.com', 'viewer');
  const invite = (await hookproof.run(['user', 'add', 'ivan@example.com', '--role', 'operator'])).match(/http:\/\/\S+\/link\/\S+/)![0];
  await hookproof.start();
  const id = await hookproof.post(endpoint, persona({ subject: 'user-1042' }));

  const stranger = await (await browser.newContext({ baseURL: hookproof.url })).newPage();
  await look(stranger, 'sign-in', '/sign-in');
  await look(stranger, 'link-invite', invite);
  await look(stranger, 'link-dead', '/link/nothing', 404);
  await stranger.context().close();

  await look(page, 'account', '/account');
  await look(page, 'users', '/users');
  await look(page, 'audit', '/audit');
  await look(page, 'audit-nothing-matches', '/audit?actor=nobody');
  await look(page, 'endpoint', `/endpoints/${endpoint.id}`);
  await look(page, 'endpoint-waiting', `/endpoints/${waiting.id}`);
  await look(page, 'endpoint-unsigned', `/endpoints/${caseKeeperEndpoint.id}`);
  await look(page, 'endpoint-new', '/endpoints/new');
  await look(page, 'endpoint-new-pleenk', '/endpoints/new?provider=pleenk');
  await look(page, 'endpoint-new-peleza', '/endpoints/new?provider=peleza');

  const viewers = await browser.newContext({ baseURL: hookproof.url });
  await hookproof.signIn(viewers, vera);
  const viewer = await viewers.newPage();
  await look(viewer, 'viewer-webhook', `/webhooks/${id}`);
  await look(viewer, 'viewer-endpoint', `/endpoints/${endpoint.id}`);
  await look(viewer, 'viewer-forbidden', '/users', 403);
  await viewers.close();
});

test('the pages of a new install', async ({ page, hookproof }) => {
  test.setTimeout(120_000);
  await hookproof.start();
  await look(page, 'new-webhooks', '/webhooks');
  await look(page, 'new-endpoints', '/endpoints');
});

test('a new install with an endpoint waits for its first webhook', async ({ page, hookproof }) => {
  test.setTimeout(120_000);
  await hookproof.addEndpoint('persona', 'Persona production', PERSONA_SECRET);
  await hookproof.start();
  await look(page, 'new-waiting', '/webhooks');
});
