import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Hookproof } from './hookproof';

/** The stand-ins of the providers: they post to a server, and answer for the providers' APIs until they are stopped. */
export class Sandbox {
  private output = '';

  private constructor(private readonly process: ChildProcess) {}

  /** Posts so many webhooks of the provider; ready when they are all answered. */
  static async post(hookproof: Hookproof, provider: string, count: number, ...more: string[]): Promise<Sandbox> {
    const args = ['sandbox', '--provider', provider, '--count', String(count), '--stay', '--api-addr', '127.0.0.1:0', ...more];
    const child = spawn(hookproof.binary, args, {
      cwd: hookproof.folder,
      env: hookproof.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const sandbox = new Sandbox(child);
    child.stdout.on('data', (chunk) => (sandbox.output += chunk));
    child.stderr.on('data', (chunk) => (sandbox.output += chunk));
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', () => {
        if (sandbox.output.includes('webhooks posted')) resolve();
      });
      child.once('exit', (code) => reject(new Error(`the sandbox ended with ${code}:\n${sandbox.output}`)));
    });
    return sandbox;
  }

  /** Where the APIs answer. */
  get apis(): string {
    return /APIs answer at (\S+)/.exec(this.output)?.[1] ?? '';
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exit = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await exit;
  }
}
