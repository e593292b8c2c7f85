import { Log } from '../support/log';
import type { Hookproof } from '../support/hookproof';
import { AUTHENTO_SECRET, PERSONA_SECRET, authento, caseKeeper, persona, personaAltered } from '../support/providers';
import { expect, test } from '../support/test';

/** Five webhooks of three providers, of which no filter below lets all through. */
async function fill(hookproof: Hookproof) {
  const personaEndpoint = await hookproof.addEndpoint('persona', 'Persona production', PERSONA_SECRET);
  const authentoEndpoint = await hookproof.addEndpoint('authento', 'Authento production', AUTHENTO_SECRET);
  const caseKeeperEndpoint = await hookproof.addEndpoint('case_keeper', 'Case Keeper production');
  await hookproof.start();
  const approved = await hookproof.post(personaEndpoint, persona({ name: 'inquiry.approved', subject: 'user-1' }));
  const altered = await hookproof.post(personaEndpoint, personaAltered({ subject: 'user-2' }));
  const review = await hookproof.post(personaEndpoint, persona({ name: 'inquiry.marked-for-review', subject: 'user-1' }));
  const declined = await hookproof.post(authentoEndpoint, authento('REVIEWED', 'applicant-7'));
  const updated = await hookproof.post(caseKeeperEndpoint, caseKeeper('verification.updated'));
  return { approved, altered, review, declined, updated, authentoEndpoint };
}

test('each filter narrows the list, and filters narrow each other', async ({ page, hookproof }) => {
  const { approved, altered, review, declined, updated, authentoEndpoint } = await fill(hookproof);
  const log = new Log(page);
  const minute = (offset: number) => new Date(Date.now() + offset * 60_000).toISOString();

  const check = (query: string, ids: string[]) =>
    test.step(query, async () => {
      expect(await log.open(query)).toBe(200);
      await log.expectIds(ids);
      expect(new URL(page.url()).search).toBe(`?${query}`);
    });

  await check('provider=persona', [review, altered, approved]);
  await check('provider=authento&provider=case_keeper', [updated, declined]);
  await check(`endpoint=${authentoEndpoint.id}`, [declined]);
  await check('verdict=invalid', [altered]);
  await check('verdict=unsigned&verdict=invalid', [updated, altered]);
  await check('event_type=inquiry.*', [review, altered, approved]);
  await check('event_type=REVIEWED', [declined]);
  await check('outcome=declined', [declined]);
  await check('outcome=needs_review&outcome=updated', [updated, review]);
  await check('subject=user-1', [review, approved]);
  await check('subject=user-1&outcome=approved', [approved]);
  await check(`from=${minute(-10)}`, [updated, declined, review, altered, approved]);
  await check(`from=${minute(-10)}&to=${minute(10)}&provider=authento`, [declined]);
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('the filter form writes the filter into the address, and a chip takes it away', async ({ page, hookproof }) => {
      const { approved, altered, review, declined, updated } = await fill(hookproof);
      const log = new Log(page);

      await log.open();
      await log.openFilter('Verdict');
      await log.filters.getByRole('checkbox', { name: 'invalid', exact: true }).check();
      await log.filters.getByRole('checkbox', { name: 'unsigned', exact: true }).check();
      await log.filters.getByRole('button', { name: 'Apply' }).click();
      await expect(page).toHaveURL('/webhooks?verdict=unsigned&verdict=invalid');
      await log.expectIds([updated, altered]);

      await page.getByRole('link', { name: 'Remove the filter Verdict: unsigned' }).click();
      await expect(page).toHaveURL('/webhooks?verdict=invalid');
      await log.expectIds([altered]);

      await log.filters.getByRole('searchbox', { name: 'Subject' }).fill('user-2');
      await log.filters.getByRole('searchbox', { name: 'Subject' }).press('Enter');
      await expect(page).toHaveURL('/webhooks?verdict=invalid&subject=user-2');
      await log.expectIds([altered]);

      await page.getByRole('list', { name: 'Active filters' }).getByRole('link', { name: 'Clear', exact: true }).click();
      await expect(page).toHaveURL('/webhooks');
      await log.expectIds([updated, declined, review, altered, approved]);
    });
  });
}

test('a subject leads to all that is known of it', async ({ page, hookproof }) => {
  const { approved, review } = await fill(hookproof);
  const log = new Log(page);
  await log.open();
  await log.row(approved).getByRole('link', { name: 'user-1' }).click();
  await expect(page).toHaveURL('/subjects/user-1');
  await page.getByRole('link', { name: 'Its webhooks in the log' }).click();
  await expect(page).toHaveURL('/webhooks?subject=user-1');
  await log.expectIds([review, approved]);
});

test('nothing matches, and the filters can be cleared', async ({ page, hookproof }) => {
  await fill(hookproof);
  const log = new Log(page);
  await log.open('subject=nobody');
  await expect(page.getByRole('heading', { name: 'No webhook matches' })).toBeVisible();
  await page.getByRole('link', { name: 'Clear filters' }).click();
  await expect(page).toHaveURL('/webhooks');
  await expect(log.rows).toHaveCount(5);
});

test('none yet says what to do next', async ({ page, hookproof }) => {
  await hookproof.start();
  const log = new Log(page);
  expect(await log.open()).toBe(200);
  await expect(page.getByRole('heading', { name: 'Waiting for the first webhook' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Add an endpoint' })).toBeVisible();
});

test('an address that cannot be read says which part', async ({ page, hookproof }) => {
  await fill(hookproof);
  const log = new Log(page);
  const check = (query: string, text: string) =>
    test.step(query, async () => {
      expect(await log.open(query)).toBe(400);
      await expect(page.getByRole('heading', { name: 'This address cannot be read' })).toBeVisible();
      await expect(page.getByText(text)).toBeVisible();
    });
  await check('verdict=good', 'unknown verdict `good`');
  await check('from=yesterday', 'not a time such as');
  await check('endpoint=7', "not an endpoint's id");
  await check('cursor=7', 'unknown cursor `7`');

  await page.getByRole('link', { name: 'Show all webhooks' }).click();
  await expect(log.rows).toHaveCount(5);
});

test('what is not there is not found', async ({ page, hookproof }) => {
  await hookproof.start();
  for (const path of ['/webhooks/019a2f60-7c1e-7000-8000-0123456d7f3c', '/webhooks/7', '/nowhere']) {
    const answer = await page.goto(path);
    expect(answer!.status(), path).toBe(404);
    await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
  }
});

test('older and newer pages hold every webhook once and keep the filter', async ({ page, hookproof }) => {
  const endpoint = await hookproof.addEndpoint('persona', 'Persona production', PERSONA_SECRET);
  await hookproof.start();
  const posted: string[] = [];
  for (let batch = 0; batch < 12; batch += 1) {
    posted.push(...(await Promise.all(Array.from({ length: 10 }, () => hookproof.post(endpoint, persona())))));
  }
  await hookproof.post(endpoint, personaAltered());
  const newestFirst = posted.sort().reverse();
  const log = new Log(page);
  const older = page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Older' });
  const newer = page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Newer' });

  await log.open('verdict=verified');
  await log.expectIds(newestFirst.slice(0, 50));
  await expect(newer).toHaveCount(0);
  await older.click();
  await expect(page).toHaveURL(/verdict=verified/);
  await log.expectIds(newestFirst.slice(50, 100));
  await older.click();
  await log.expectIds(newestFirst.slice(100));
  await expect(older).toHaveCount(0);
  await newer.click();
  await log.expectIds(newestFirst.slice(50, 100));
  await newer.click();
  await log.expectIds(newestFirst.slice(0, 50));
});
