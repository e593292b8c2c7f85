import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { BrowserContext } from '@playwright/test';

/** An endpoint as `hookproof endpoint add --json` prints it. */
export interface Endpoint {
  id: string;
  token: string;
  url: string;
  provider: string;
  name: string;
}

export type Role = 'viewer' | 'operator' | 'admin';

/** Someone who can sign in. */
export interface User {
  email: string;
  password: string;
}

/** A destination as `hookproof destination add --json` prints it. */
export interface Destination {
  id: string;
  name: string;
  url: string;
  /** What requests to it are signed with. */
  secret: string;
}

/** A webhook as a provider would send it. */
export interface Webhook {
  headers: Record<string, string>;
  body: Buffer;
}

/** One server under test, with a folder, a database and a port of its own. */
export class Hookproof {
  private server: ChildProcess | undefined;
  private output = '';
  /** Settings beside those that every installation has. */
  settings: Record<string, string> = {};
  /** The test's browser, where {@link start} signs an admin in. */
  browser: BrowserContext | undefined;

  private constructor(
    readonly binary: string,
    readonly folder: string,
    readonly url: string,
  ) {}

  static async create(): Promise<Hookproof> {
    const binary = process.env.HOOKPROOF_BIN;
    if (!binary) throw new Error('HOOKPROOF_BIN must name the binary: run the tests with make test-end2end');
    const folder = await mkdtemp(join(tmpdir(), 'hookproof-end2end-'));
    return new Hookproof(binary, folder, `http://127.0.0.1:${await freePort()}`);
  }

  /** Adds an endpoint on the command line, with its secret where the provider has one. */
  async addEndpoint(provider: string, name: string, secret?: string): Promise<Endpoint> {
    const args = ['endpoint', 'add', '--provider', provider, '--name', name, '--json'];
    if (secret !== undefined) args.push('--secret-stdin');
    return JSON.parse(await this.run(args, secret));
  }

  /** Adds a destination on the command line. On this machine it can only be an address that is otherwise refused. */
  async addDestination(name: string, url: string, ...more: string[]): Promise<Destination> {
    this.settings = { HOOKPROOF_ALLOW_NETWORKS: '127.0.0.0/8', HOOKPROOF_ALLOW_HTTP: 'true' };
    return JSON.parse(await this.run(['destination', 'add', '--name', name, '--url', url, '--json', ...more]));
  }

  /** Adds a user on the command line. */
  async addUser(email: string, role: Role): Promise<User> {
    const user = { email, password: `the passphrase of ${email}` };
    await this.run(['user', 'add', email, '--role', role, '--password-stdin'], user.password);
    return user;
  }

  /** Signs a browser in, as the form on the page would. */
  async signIn(browser: BrowserContext, user: User): Promise<void> {
    const answer = await browser.request.post(`${this.url}/console/sign_in`, {
      form: { email: user.email, password: user.password, next: '/webhooks' },
      headers: { accept: 'text/html', 'sec-fetch-site': 'same-origin' },
      maxRedirects: 0,
    });
    if (answer.status() !== 302 || answer.headers().location !== '/webhooks') {
      throw new Error(`${user.email} cannot sign in: ${answer.status()} ${answer.headers().location} ${await answer.text()}`);
    }
  }

  /** Starts the server with an admin, who is signed in in the test's browser. */
  async start(): Promise<void> {
    const admin = await this.addUser('ada@example.com', 'admin');
    await this.serve();
    if (this.browser) await this.signIn(this.browser, admin);
  }

  /** Starts the server as it is on the first day, and waits until it is ready. */
  async serve(): Promise<void> {
    const server = spawn(this.binary, ['serve'], {
      cwd: this.folder,
      env: this.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.server = server;
    server.stdout.on('data', (chunk) => (this.output += chunk));
    server.stderr.on('data', (chunk) => (this.output += chunk));
    const deadline = Date.now() + 20_000;
    while (!(await this.isReady())) {
      if (server.exitCode !== null) throw new Error(`the server stopped at once:\n${this.output}`);
      if (Date.now() > deadline) throw new Error(`the server is not ready after 20 s:\n${this.output}`);
      await delay(20);
    }
  }

  /** Posts a webhook to an endpoint and gives the id under which it is stored. */
  post(endpoint: Endpoint, webhook: Webhook): Promise<string> {
    return this.postTo(`${this.url}/hooks/${endpoint.token}`, webhook);
  }

  /** The same to an address that was read somewhere. */
  async postTo(url: string, webhook: Webhook): Promise<string> {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...webhook.headers },
      body: new Uint8Array(webhook.body),
    });
    if (answer.status !== 200) throw new Error(`the webhook was answered with ${answer.status}: ${await answer.text()}`);
    return (await answer.json()).id;
  }

  /** Stops the server and removes all that it left. */
  async dispose(): Promise<void> {
    if (this.server && this.server.exitCode === null && this.server.signalCode === null) {
      const exit = once(this.server, 'exit');
      this.server.kill('SIGTERM');
      const killer = setTimeout(() => this.server?.kill('SIGKILL'), 10_000);
      await exit;
      clearTimeout(killer);
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  /** The settings of this installation; nothing else is handed to the binary, as nothing else is needed. */
  get environment(): Record<string, string> {
    return {
      HOOKPROOF_ADDR: new URL(this.url).host,
      HOOKPROOF_DATABASE_URL: `sqlite://${join(this.folder, 'hookproof.db')}`,
      HOOKPROOF_KEY_FILE: join(this.folder, 'hookproof.key'),
      ...this.settings,
    };
  }

  /** What the server printed that matches. */
  async printed(pattern: RegExp): Promise<string> {
    const deadline = Date.now() + 10_000;
    for (;;) {
      const found = pattern.exec(this.output);
      if (found) return found[0];
      if (Date.now() > deadline) throw new Error(`the server did not print ${pattern}:\n${this.output}`);
      await delay(20);
    }
  }

  /** What the server printed, for a failure's report. */
  get log(): string {
    return this.output;
  }

  private async isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/readyz`)).status === 200;
    } catch {
      return false;
    }
  }

  /** Runs a command of the binary and gives what it printed. */
  run(args: string[], input = ''): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = { cwd: this.folder, env: this.environment };
      const child = execFile(this.binary, args, options, (error, stdout, stderr) => {
        if (error) reject(new Error(`hookproof ${args.join(' ')} failed:\n${stderr}`));
        else resolve(stdout);
      });
      // A command that reads no input may be gone before it is written; whether it did its work is the callback's affair.
      child.stdin?.on('error', () => {});
      child.stdin?.end(input);
    });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
