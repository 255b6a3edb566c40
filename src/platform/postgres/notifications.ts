import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { Postgres, type Queryable, connectionOptions } from './postgres.js';

const RECONNECT_MS = 1000;

type Handler = (payload: string) => void;

/** NOTIFY to every process that listens. What was said while a connection was lost is made up for by calling all handlers. */
@Injectable()
export class Notifications implements OnApplicationShutdown {
  private readonly logger = new Logger(Notifications.name);
  private readonly handlers = new Map<string, Set<Handler>>();
  private client: pg.Client | undefined;
  private connecting: Promise<void> | undefined;
  private stopped = false;

  constructor(private readonly postgres: Postgres) {}

  /** Listens from now on; the returned function ends it. */
  async on(channel: string, handler: Handler): Promise<() => void> {
    const handlers = this.handlers.get(channel) ?? new Set();
    this.handlers.set(channel, handlers);
    handlers.add(handler);
    if (this.client === undefined) await (this.connecting ??= this.connect());
    await this.client?.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    return () => handlers.delete(handler);
  }

  async notify(channel: string, payload: string, transaction?: Queryable): Promise<void> {
    await (transaction ?? this.postgres).query('SELECT pg_notify($1, $2)', [channel, payload]);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await this.client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({ ...connectionOptions(this.postgres.url, 'gits notifications'), pipeline: true });
    client.on('error', () => undefined);
    client.on('notification', ({ channel, payload }) => this.call(channel, payload ?? ''));
    try {
      await client.connect();
      for (const channel of this.handlers.keys()) await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    } finally {
      this.connecting = undefined;
    }
    client.once('end', () => this.onLost());
    this.client = client;
  }

  private call(channel: string, payload: string): void {
    for (const handler of this.handlers.get(channel) ?? []) handler(payload);
  }

  private onLost(): void {
    this.client = undefined;
    if (this.stopped) return;
    setTimeout(() => {
      if (this.stopped) return;
      this.connect().then(
        () => [...this.handlers.keys()].forEach((channel) => this.call(channel, '')),
        (error: unknown) => {
          this.logger.debug(`still not connected: ${String(error)}`);
          this.onLost();
        },
      );
    }, RECONNECT_MS).unref();
  }
}
