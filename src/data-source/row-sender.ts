import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { LaboratoryResults } from '../ground-truth/laboratory-results.js';
import { MessageBroker } from '../platform/broker/message-broker.js';
import { Postgres, isConnectionError } from '../platform/postgres/postgres.js';
import type { ServiceBinding } from '../registry/services.service.js';
import { messageId } from './message-id.js';
import { Pace } from './pace.js';
import type { RowSource } from './row-source.js';
import { type SourceRun, SourceRunsRepository } from './source-runs.repository.js';

const BATCH = 1000;
const LOOK_AT_BACKLOG_MS = 250;
const RETRY_MS = 1000;
const LONGEST_SLEEP_MS = 250;

/**
 * Publishes rows at a pace. The rows, the note of how far it came and the laboratory results to come are one transaction,
 * and each message's id follows from the run and the row: whenever it is killed, a restart neither skips nor doubles a row.
 */
@Injectable()
export class RowSender {
  private readonly logger = new Logger(RowSender.name);
  /** Messages sent by this process. */
  sent = 0;

  constructor(
    private readonly environment: Environment,
    private readonly broker: MessageBroker,
    private readonly postgres: Postgres,
    private readonly runs: SourceRunsRepository,
    private readonly laboratory: LaboratoryResults,
  ) {}

  /** Sends until the source is at its end (true) or the process is to stop (false). */
  async send(source: RowSource, binding: ServiceBinding, run: SourceRun, stopping: AbortSignal): Promise<boolean> {
    const { rate, interval } = this.environment;
    const pace = new Pace(rate ?? 1 / interval, performance.now());
    const limit = this.environment.sourceCount === 0 ? Infinity : this.environment.sourceCount;
    let lookAt = 0;
    while (!stopping.aborted) {
      if (run.position >= limit) return true;
      if (performance.now() >= lookAt) {
        await this.waitForBacklog(binding.queue, stopping);
        lookAt = performance.now() + LOOK_AT_BACKLOG_MS;
      }
      const count = pace.take(performance.now(), source.rateFactor(), Math.min(BATCH, limit - run.position));
      if (count === 0) {
        await pause(Math.min(LONGEST_SLEEP_MS, Math.max(1, pace.wait(source.rateFactor()))), stopping);
        continue;
      }
      const rows = await source.take(count);
      if (rows.length === 0) return true;
      const messages = rows.map(({ body }, index) => ({
        id: messageId(run.name, run.startedAt, run.position + index),
        body,
      }));
      const labels = rows.flatMap(({ label }, index) =>
        label === null ? [] : [{ jobId: messages[index]!.id, label }],
      );
      const state = source.state();
      const sentTo = run.position + rows.length;
      await this.untilDone(stopping, async (isRetry) => {
        await this.postgres.transaction(async (transaction) => {
          // The commit may have come through, and only its answer was lost with the connection.
          if (isRetry && (await this.runs.positionOf(run.name, transaction)) === sentTo) return;
          await this.broker.publish(binding.queue, messages, transaction);
          await this.laboratory.expect(binding.dataset, labels, this.environment.labelDelay, transaction);
          await this.runs.advance(run.name, run.position, sentTo, state, transaction);
        });
      });
      run.position = sentTo;
      this.sent += rows.length;
    }
    return false;
  }

  /** Tries again while the store is away; the rows are in hand. */
  private async untilDone(stopping: AbortSignal, attempt: (isRetry: boolean) => Promise<void>): Promise<void> {
    for (let isRetry = false; ; isRetry = true) {
      try {
        return await attempt(isRetry);
      } catch (error) {
        if (!isConnectionError(error) || stopping.aborted) throw error;
        this.logger.warn(`cannot publish (${(error as Error).message}); trying again`);
        await pause(RETRY_MS, stopping);
      }
    }
  }

  private async waitForBacklog(queue: string, stopping: AbortSignal): Promise<void> {
    let told = false;
    while (!stopping.aborted) {
      const depths = await this.broker.depths().catch((error: unknown) => {
        if (isConnectionError(error)) return [];
        throw error;
      });
      const waiting = depths.find((depth) => depth.queue === queue)?.messages ?? 0;
      if (waiting < this.environment.maxBacklog) return;
      if (!told) this.logger.debug(`${waiting} messages wait; pausing until the workers catch up`);
      told = true;
      await pause(LOOK_AT_BACKLOG_MS, stopping);
    }
  }
}

async function pause(milliseconds: number, stopping: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal: stopping }).catch(() => undefined);
}
