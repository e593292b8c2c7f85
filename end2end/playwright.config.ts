import { execFileSync } from 'node:child_process';
import { defineConfig } from '@playwright/test';

/** The system's Chromium: Playwright's own cannot be downloaded everywhere. */
function chromium(): string {
  const names = [process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome'];
  for (const name of names.filter((name) => name !== undefined && name !== '')) {
    try {
      return execFileSync('bash', ['-c', 'command -v "$1"', 'bash', name!], { encoding: 'utf8' }).trim();
    } catch {
      // Not this one.
    }
  }
  throw new Error('no Chromium found: run tools/setup test, or name one in CHROMIUM');
}

export default defineConfig({
  testDir: 'tests',
  outputDir: 'results',
  // Each test starts a server of its own; more than one at a time would only compete for the processor.
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  // A test that passes only the second time is a failure.
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    colorScheme: 'light',
    locale: 'en-GB',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: chromium(),
      // The last five keep the browser from talking to anything but the server under test.
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [{ name: 'desktop' }],
});
