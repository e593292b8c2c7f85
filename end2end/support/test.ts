import { test as base } from '@playwright/test';
import { Hookproof } from './hookproof';

export { expect } from '@playwright/test';

/** Every test gets a server of its own, which it starts itself once its endpoints are there. */
export const test = base.extend<{ hookproof: Hookproof }>({
  hookproof: async ({}, use, testInfo) => {
    const hookproof = await Hookproof.create();
    try {
      await use(hookproof);
    } finally {
      await hookproof.dispose();
      if (testInfo.status !== testInfo.expectedStatus && hookproof.log !== '') {
        await testInfo.attach('server.log', { body: hookproof.log, contentType: 'text/plain' });
      }
    }
  },
  baseURL: async ({ hookproof }, use) => {
    await use(hookproof.url);
  },
  context: async ({ context, hookproof }, use) => {
    hookproof.browser = context;
    await use(context);
  },
});
