import type { DynamicModule, Type } from '@nestjs/common';
import type { Environment } from '../config/environment.js';

/** A role: what one process of GITS is for. A process opens only what its row says. */
export interface RoleDefinition {
  readonly name: string;
  readonly description: string;
  /** `web`: the public web server. `health`: only health and metrics, on a small port of its own. */
  readonly port: 'web' | 'health';
  /** `task` ends by itself with exit code 0; a `service` runs until it is stopped. */
  readonly kind: 'service' | 'task';
  /** How many processes role `all` starts. */
  readonly processes: (environment: Environment) => number;
  /** Under `all`, roles of a lower step are stopped first. */
  readonly stopStep: number;
  /** The role's Nest module, loaded only in its own process. */
  readonly load: () => Promise<Type | DynamicModule>;
}

/** Every role, in the order in which `all` starts them. */
export const ROLES: readonly RoleDefinition[] = [
  {
    name: 'api',
    description: 'Web server: HTTP API, Swagger UI and pages.',
    port: 'web',
    kind: 'service',
    processes: () => 1,
    stopStep: 2,
    load: async () => (await import('./api.module.js')).ApiModule,
  },
  {
    name: 'loader',
    description:
      'Makes the demo dataset, its training and testing rows, model and service, once in the life of a database.',
    port: 'health',
    kind: 'task',
    processes: (environment) => (environment.demo ? 1 : 0),
    stopStep: 1,
    load: async () => (await import('../loader/loader.module.js')).LoaderModule,
  },
  {
    name: 'worker',
    description: 'Takes messages from the queues, scores and stores them.',
    port: 'health',
    kind: 'service',
    processes: (environment) => environment.workers,
    stopStep: 3,
    load: async () => (await import('../inference/worker.module.js')).WorkerModule,
  },
  {
    name: 'scheduler',
    description: 'Housekeeping at intervals: expired logins and keys, processes that are gone, old counters.',
    port: 'health',
    kind: 'service',
    processes: () => 1,
    stopStep: 1,
    load: async () => (await import('../housekeeping/housekeeping.module.js')).HousekeepingModule,
  },
  {
    name: 'data-source',
    description: 'Sends messages: from the roaster simulator, or from a CSV or NDJSON file.',
    port: 'health',
    kind: 'service',
    processes: (environment) => (environment.demo ? 1 : 0),
    stopStep: 0,
    load: async () => (await import('../data-source/data-source.module.js')).DataSourceModule,
  },
  {
    name: 'ground-truth-collector',
    description: 'Hands in laboratory results: labels production rows and grows the training data.',
    port: 'health',
    kind: 'service',
    processes: (environment) => (environment.demo ? 1 : 0),
    stopStep: 0,
    load: async () => (await import('../ground-truth/ground-truth.module.js')).GroundTruthModule,
  },
];

/** A role by its name. */
export function findRole(name: string): RoleDefinition | undefined {
  return ROLES.find((role) => role.name === name);
}
