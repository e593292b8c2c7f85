import { readFile } from 'node:fs/promises';
import { PERSONA_SECRET, personaSigned } from '../support/providers';
import { expect, test } from '../support/test';

const BODIES: [name: string, body: Buffer][] = [
  ['nested a hundred thousand times', Buffer.from('['.repeat(100_000))],
  ['nested and closed again', Buffer.from(`${'['.repeat(5_000)}${']'.repeat(5_000)}`)],
  ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0x22, 0x7d])],
  ['NUL and control characters', Buffer.from('{"a":"\\u0000\\u0007\\u001b[31m"}\0\n')],
  ['lone surrogates', Buffer.from('{"data":{"id":"\\ud800","attributes":{"name":"\\udfff"}}}')],
  ['markup', Buffer.from('{"</script><script>window.pwned=1</script>":"<img src=x onerror=window.pwned=1>"}')],
  ['a number that fits nothing', Buffer.from(`{"data":${'9'.repeat(5_000)},"e":1e999999}`)],
  ['wrong types everywhere', Buffer.from('{"data":[{"attributes":7,"id":{}}],"events":"x","key":[null]}')],
  ['nothing at all', Buffer.alloc(0)],
];

for (const [name, body] of BODIES) {
  test(`a body of ${name} is shown, and downloaded byte for byte`, async ({ page, hookproof }) => {
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    const endpoint = await hookproof.addEndpoint('persona', 'Persona production', PERSONA_SECRET);
    await hookproof.start();
    const id = await hookproof.post(endpoint, personaSigned(body));

    for (const query of ['', '?view=raw', '?tab=verification', '?tab=headers']) {
      const answer = await page.goto(`/webhooks/${id}${query}`);
      expect(answer!.status(), query).toBe(200);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    }
    // The signature is right, whatever the bytes are.
    await page.goto(`/webhooks/${id}`);
    await expect(page.getByRole('main').getByText('verified', { exact: true }).first()).toBeVisible();
    expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
    expect(errors).toEqual([]);

    const raw = await page.request.get(`/webhooks/${id}/body`);
    expect(raw.status()).toBe(200);
    expect(Buffer.compare(await raw.body(), body)).toBe(0);
    expect(raw.headers()['content-type']).toBe('application/octet-stream');
    expect(raw.headers()['content-disposition']).toContain('attachment');
    expect(raw.headers()['x-content-type-options']).toBe('nosniff');

    if (body.length > 0) {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download' }).click()]);
      expect(Buffer.compare(await readFile(await download.path()), body)).toBe(0);
    }

    const list = await page.goto('/webhooks');
    expect(list!.status()).toBe(200);
    await expect(page.locator(`a[href="/webhooks/${id}"]`)).toBeVisible();
  });
}
