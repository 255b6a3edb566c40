import { Injectable, type MessageEvent, type OnApplicationShutdown } from '@nestjs/common';
import { Observable } from 'rxjs';
import { JobStore } from './job-store.js';
import { toDocument } from './job.js';

const LOOK_MS = 1000;
const NEWEST = 50;

/**
 * The live stream: counts by status, and the newest jobs whenever they are new or have changed. One look a second serves all
 * listeners, whatever the rate of jobs; at high rates it shows the newest ones, not each.
 */
@Injectable()
export class JobsFeed implements OnApplicationShutdown {
  private readonly listeners = new Set<(event: MessageEvent) => void>();
  private readonly shown = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;
  private looking = false;

  constructor(private readonly store: JobStore) {}

  listen(): Observable<MessageEvent> {
    return new Observable((subscriber) => {
      const listener = (event: MessageEvent) => subscriber.next(event);
      this.listeners.add(listener);
      this.timer ??= setInterval(() => void this.look(), LOOK_MS);
      // A newcomer sees the state at once, the others see it again.
      this.shown.clear();
      void this.look();
      return () => {
        this.listeners.delete(listener);
        if (this.listeners.size > 0) return;
        clearInterval(this.timer);
        this.timer = undefined;
      };
    });
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      const [counts, jobs] = await Promise.all([this.store.counts({}), this.store.list({}, NEWEST)]);
      this.send({ type: 'counts', data: counts });
      for (const job of jobs.reverse()) {
        if (this.shown.get(job.id) === job.status) continue;
        this.send({ type: 'job', id: job.id, data: toDocument(job) });
      }
      this.shown.clear();
      for (const job of jobs) this.shown.set(job.id, job.status);
    } catch {
      // The store is away; the next look tries again, and readiness tells of it.
    } finally {
      this.looking = false;
    }
  }

  private send(event: MessageEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}
