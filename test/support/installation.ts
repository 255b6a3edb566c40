import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { QueryResultRow } from 'pg';
import { embeddedUrl } from '../../src/platform/postgres/database-url.js';
import { API_KEY, GitsProcess, startInstallation } from './gits-process.mjs';
import { selectRows } from './sql.js';

/** Environment variables, such as `GITS_WORKERS`. */
export type Settings = Record<string, string>;

export interface Call {
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is, as application/octet-stream unless a header says otherwise. */
  bytes?: Uint8Array;
  headers?: Record<string, string>;
  /** Without the API key. */
  anonymous?: boolean;
}

export interface Answer<T> {
  status: number;
  headers: Headers;
  /** The body read as JSON, or its text where it is something else. */
  body: T;
}

/** The built program with all roles in a folder of its own, on free ports. Ends only what it started. */
export class Installation {
  /** What `start`, `restart` and `run` have started. */
  private readonly started: GitsProcess[] = [];

  private constructor(
    readonly dataDir: string,
    private settings: Settings,
    private main: GitsProcess,
    /** Of the web server, without a slash at the end. */
    public url: string,
  ) {
    this.started.push(main);
  }

  static async start(settings: Settings = {}): Promise<Installation> {
    const dataDir = await mkdtemp(join(tmpdir(), 'gits-e2e-'));
    try {
      const { gits, url } = await startInstallation(dataDir, { settings });
      return new Installation(dataDir, settings, gits, url);
    } catch (error) {
      await rm(dataDir, { recursive: true, force: true });
      throw error;
    }
  }

  /** Process number of the supervisor. */
  get pid(): number {
    return this.main.pid;
  }

  /** What the supervisor and its roles have written since the last start. */
  get output(): string {
    return this.main.output;
  }

  get databaseUrl(): string {
    const secret = readFileSync(join(this.dataDir, 'secrets', 'postgres.json'), 'utf8');
    const { port, password } = JSON.parse(secret) as { port: number; password: string };
    return embeddedUrl(port, password);
  }

  rows<Row extends QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    return selectRows<Row>(this.databaseUrl, text, values);
  }

  /** The first column of the first row, for counts. */
  async value<T>(text: string, values: unknown[] = []): Promise<T> {
    const [row] = await this.rows(text, values);
    return Object.values(row ?? {})[0] as T;
  }

  /** Calls the API as its administrator. */
  async call<T = unknown>(method: string, path: string, call: Call = {}): Promise<Answer<T>> {
    const headers: Record<string, string> = { ...call.headers };
    if (call.anonymous !== true) headers['authorization'] ??= `Bearer ${API_KEY}`;
    if (call.json !== undefined) headers['content-type'] = 'application/json';
    if (call.bytes !== undefined) headers['content-type'] ??= 'application/octet-stream';
    const body = call.json === undefined ? (call.bytes as BodyInit | undefined) : JSON.stringify(call.json);
    const response = await fetch(this.url + path, { method, headers, body, redirect: 'manual' });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as T };
  }

  /** The body of a GET that must succeed. */
  async get<T>(path: string): Promise<T> {
    return this.expect<T>('GET', path, 200);
  }

  /** The body of a call that must end with `status`; the error shows the answer otherwise. */
  async expect<T>(method: string, path: string, status: number, call: Call = {}): Promise<T> {
    const answer = await this.call<T>(method, path, call);
    if (answer.status === status) return answer.body;
    throw new Error(
      `${method} ${path} must answer ${status}, but answers ${answer.status}: ${JSON.stringify(answer.body)}`,
    );
  }

  async bytes(path: string): Promise<Uint8Array> {
    const response = await fetch(this.url + path, { headers: { authorization: `Bearer ${API_KEY}` } });
    if (!response.ok) throw new Error(`GET ${path} answers ${response.status}: ${await response.text()}`);
    return new Uint8Array(await response.arrayBuffer());
  }

  /** Runs `gits` once more on the same data directory, beside the supervisor: another role, or a command. */
  run(args: string[], settings: Settings = {}): GitsProcess {
    const gits = new GitsProcess(args, { settings: { GITS_DATA_DIR: this.dataDir, ...settings } });
    this.started.push(gits);
    return gits;
  }

  /** SIGTERM; returns the exit code. */
  async stop(): Promise<number | string> {
    return this.main.stop();
  }

  /** SIGKILL for the supervisor, every role, every engine and PostgreSQL; returns how many processes that were. */
  async kill(): Promise<number> {
    return this.main.kill();
  }

  /** Starts again in the same data directory, with other settings where they are given. */
  async restart(settings: Settings = this.settings): Promise<void> {
    const { gits, url } = await startInstallation(this.dataDir, { settings });
    this.started.push(gits);
    this.settings = settings;
    this.main = gits;
    this.url = url;
  }

  /** Ends whatever still runs and removes the folder. */
  async remove(): Promise<void> {
    for (const gits of this.started.reverse()) {
      if (!gits.ended) await gits.stop().catch(() => gits.kill());
    }
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
