import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Log } from '../support/log';
import { expect, test } from '../support/test';

const ROOT = join(__dirname, '..', '..');

/** The blocks of the README that are marked as being run here, one after the other. */
async function script(): Promise<string> {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/readme\.spec\.ts runs this block\. -->\n```sh\n(.*?)```/gs)];
  return blocks.map(([, block]) => block).join('\n');
}

test("the README's first webhook arrives as it says", async ({ page, hookproof }) => {
  await hookproof.start();
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', await script()], {
    cwd: ROOT,
    env: { ...process.env, ...hookproof.environment },
  });
  const { id } = JSON.parse(stdout);

  const log = new Log(page);
  await log.open();
  await log.expectIds([id]);
  await expect(log.row(id).getByRole('cell', { name: 'verified', exact: true })).toBeVisible();
  await expect(log.row(id)).toContainText('user-1042');
  await expect(log.row(id)).toContainText('approved');
});
