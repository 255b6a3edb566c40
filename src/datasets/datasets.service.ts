import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, Repository } from 'typeorm';
import { Environment } from '../config/environment.js';
import { ConflictProblem, InvalidProblem, PreconditionProblem } from '../platform/http/problem.js';
import { DATASETS_CHANNEL } from './dataset-changes.js';
import { type DatasetChange, changeDataset } from './dataset-change.js';
import { checkDefinition } from './dataset-definition.js';
import { PreconditionRequiredProblem, datasetBusy, datasetNotFound, sqlStateOf } from './dataset-problems.js';
import { alterTables, createTables, dropTables } from './dataset-table.js';
import { DatasetEntity } from './dataset.entity.js';
import type { Dataset } from './dataset.js';
import { listOf, shownValue } from './value-text.js';

/** A dataset as it is stored. Frozen, and the same object as long as the dataset does not change. */
export interface StoredDataset {
  readonly dataset: Dataset;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly etag: string;
}

/** Waiting for a table longer would hold up the workers, which queue behind the one that waits. */
const LOCK_TIMEOUT = '3s';
const FOREIGN_KEY_VIOLATION = '23503';
const LOCK_NOT_AVAILABLE = '55P03';
const DEADLOCK_DETECTED = '40P01';
const DUPLICATE_TABLE = '42P07';

/** The schemas of use cases, and the tables of their rows. */
@Injectable()
export class DatasetsService {
  private readonly known = new Map<string, StoredDataset>();

  constructor(
    @InjectRepository(DatasetEntity) private readonly datasets: Repository<DatasetEntity>,
    private readonly environment: Environment,
  ) {}

  /** Every dataset by name. */
  async list(): Promise<StoredDataset[]> {
    const found = await this.datasets.find({ order: { name: 'ASC' } });
    return found.map((entity) => this.remember(entity));
  }

  /** The dataset of this name as it is now; throws NotFoundProblem. What was compiled for the object stays valid with it. */
  async get(name: string): Promise<Dataset> {
    return (await this.getStored(name)).dataset;
  }

  async getStored(name: string): Promise<StoredDataset> {
    // A NUL never gets as far as PostgreSQL, which would refuse the text.
    const entity = name.includes('\0') ? null : await this.datasets.findOneBy({ name });
    if (entity !== null) return this.remember(entity);
    this.known.delete(name);
    throw datasetNotFound(name);
  }

  /** Makes a dataset and its tables. The very same definition again changes nothing; another one is a ConflictProblem. */
  async register(definition: Dataset): Promise<{ stored: StoredDataset; created: boolean }> {
    const { stored, created } = await this.ensure(definition);
    if (!created && !isDeepStrictEqual(stored.dataset, plain(definition))) {
      throw new ConflictProblem(
        'dataset-exists',
        `There is already a dataset ${shownValue(definition.name)} with another definition. Change it with PATCH.`,
      );
    }
    return { stored, created };
  }

  /** Makes a dataset unless there is one of its name already, whatever its definition by now. */
  async ensure(definition: Dataset): Promise<{ stored: StoredDataset; created: boolean }> {
    const dataset = plain(definition);
    checkDefinition(dataset, this.environment.maxColumns);
    const created = await this.transaction(dataset.name, async (manager) => {
      const inserted = await manager.query<unknown[]>(
        `INSERT INTO gits.datasets (name, definition, updated_at) VALUES ($1, $2, date_trunc('milliseconds', now()))
         ON CONFLICT DO NOTHING RETURNING name`,
        [dataset.name, JSON.stringify(dataset)],
      );
      if (inserted.length === 0) return false;
      for (const statement of createTables(dataset)) await manager.query(statement);
      return true;
    });
    return { stored: await this.getStored(dataset.name), created };
  }

  /**
   * Widens a dataset and its tables. `ifMatch` is the ETag the change was made for, or `*` for any version.
   * Throws PreconditionProblem when the dataset has changed since.
   */
  async change(name: string, change: DatasetChange, ifMatch: string | undefined): Promise<StoredDataset> {
    if (ifMatch === undefined) {
      throw new PreconditionRequiredProblem(
        'if-match-required',
        'If-Match must be the ETag of the dataset as you read it, or `*`, but is missing.',
      );
    }
    await this.transaction(name, async (manager) => {
      // Not FOR UPDATE: writers take a key share on this row when they count.
      const entity = await manager.findOne(DatasetEntity, { where: { name }, lock: { mode: 'for_no_key_update' } });
      if (entity === null) throw datasetNotFound(name);
      const before = this.remember(entity);
      if (ifMatch !== '*' && !listed(ifMatch).includes(before.etag)) {
        throw new PreconditionProblem(
          'dataset-changed',
          `If-Match must be ${before.etag}, but is ${shownValue(ifMatch)}: the dataset has changed since.`,
        );
      }
      const after = plain(changeDataset(before.dataset, change));
      checkDefinition(after, this.environment.maxColumns);
      if (isDeepStrictEqual(after, before.dataset)) return;
      for (const statement of alterTables(before.dataset, after)) await manager.query(statement);
      await manager.query(
        `UPDATE gits.datasets SET definition = $2,
           updated_at = greatest(date_trunc('milliseconds', now()), updated_at + interval '1 millisecond')
         WHERE name = $1`,
        [name, JSON.stringify(after)],
      );
      await manager.query('SELECT pg_notify($1, $2)', [DATASETS_CHANNEL, name]);
    });
    return this.getStored(name);
  }

  /** Removes a dataset with all its rows. `confirm` must repeat its name; ConflictProblem while a model or service uses it. */
  async remove(name: string, confirm: string | undefined): Promise<void> {
    await this.getStored(name);
    if (confirm !== name) {
      throw new InvalidProblem(
        'confirmation-required',
        `confirm must be ${shownValue(name)}, the name of the dataset whose rows will be lost, but is ${shownValue(confirm)}.`,
        [{ pointer: 'confirm', message: 'must repeat the name of the dataset' }],
      );
    }
    await this.transaction(name, async (manager) => {
      const users = await manager.query<{ name: string }[]>(
        `SELECT 'model ' || name AS name FROM gits.models WHERE dataset = $1
         UNION ALL SELECT 'service ' || name FROM gits.services WHERE dataset = $1 ORDER BY 1`,
        [name],
      );
      if (users.length > 0)
        throw inUse(
          name,
          users.map((user) => user.name),
        );
      await manager.query('DELETE FROM gits.laboratory_results WHERE dataset = $1', [name]);
      // The tables first: a writer holds its table and then asks for the dataset's row, for the counts.
      for (const statement of dropTables(name)) await manager.query(statement);
      await manager.query('DELETE FROM gits.datasets WHERE name = $1', [name]);
    });
    this.known.delete(name);
  }

  private async transaction<T>(name: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    try {
      return await this.datasets.manager.transaction(async (manager) => {
        await manager.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
        return work(manager);
      });
    } catch (error) {
      const state = sqlStateOf(error);
      if (state === LOCK_NOT_AVAILABLE || state === DEADLOCK_DETECTED) throw datasetBusy(name);
      if (state === FOREIGN_KEY_VIOLATION) throw inUse(name, []);
      if (state !== DUPLICATE_TABLE) throw error;
      throw new ConflictProblem(
        'table-exists',
        `A table of dataset ${shownValue(name)} is there already: ${String(error)}`,
      );
    }
  }

  /** Keeps one object per version, so that others can keep what they compiled for it. */
  private remember(entity: DatasetEntity): StoredDataset {
    const known = this.known.get(entity.name);
    if (known?.updatedAt.getTime() === entity.updatedAt.getTime()) return known;
    const stored: StoredDataset = {
      dataset: freeze(entity.definition),
      createdAt: entity.createdAt,
      updatedAt: entity.updatedAt,
      etag: `"${entity.updatedAt.getTime().toString(36)}"`,
    };
    this.known.set(entity.name, stored);
    return stored;
  }
}

function inUse(name: string, users: readonly string[]): ConflictProblem {
  const by = users.length === 0 ? 'a model or a service' : listOf(users);
  return new ConflictProblem('dataset-in-use', `Dataset ${shownValue(name)} is used by ${by}. Remove those first.`);
}

/** The ETags of an If-Match header. */
function listed(ifMatch: string): string[] {
  return ifMatch.split(',').map((tag) => tag.trim());
}

/** As JSON keeps it: no class instances, no undefined. */
function plain(dataset: Dataset): Dataset {
  return JSON.parse(JSON.stringify(dataset)) as Dataset;
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) freeze(part);
  return Object.freeze(value);
}
