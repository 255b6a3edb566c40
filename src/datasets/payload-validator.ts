import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Dataset, DatasetColumn } from './dataset.js';
import { TIME_EXPECTATION, TIME_PARTS_EXPECTATION, timeFromJson, timeFromParts } from './event-time.js';
import { PayloadProblem } from './payload-problem.js';
import { namedSchema, positionalSchema } from './payload-schema.js';
import { expectationOf, listOf } from './value-text.js';

/** What a good message says besides its features. */
export interface PayloadFacts {
  /** When the row was measured, in epoch milliseconds; absent: the message does not say. */
  readonly eventTime?: number;
}

const NO_FACTS: PayloadFacts = Object.freeze({});

/** Compiles a dataset to the reader of its messages. Costs milliseconds: keep the reader as long as the dataset. */
export function compilePayload(dataset: Dataset): PayloadReader {
  return new PayloadReader(dataset);
}

/**
 * Checks the payloads of messages against a dataset and puts their features into a matrix. Both forms are read:
 * `{"<payloadKey>": [169.9, …]}`, one value per feature in order, and `{"<payloadKey>": {"h_data": 169.9, …}}`, which
 * may also hold the time columns or `date_time`.
 */
export class PayloadReader {
  private readonly columns: readonly FeatureReader[];
  private readonly allNumbers: boolean;
  private readonly isPositional: ValidateFunction;
  private readonly isNamed: ValidateFunction;

  constructor(readonly dataset: Dataset) {
    this.columns = dataset.features.map((column) => new FeatureReader(column));
    this.allNumbers = dataset.features.every((column) => column.type === 'number' && !column.nullable);
    // ownProperties: a feature may be called `constructor`, which every object inherits.
    const ajv = new Ajv({ ownProperties: true, verbose: true, validateFormats: false, code: { optimize: 2 } });
    this.isPositional = ajv.compile(positionalSchema(dataset));
    this.isNamed = ajv.compile(namedSchema(dataset));
  }

  /**
   * Writes the features to `into` from `offset` on: a number as it is, a category as its index, a boolean as 0 or 1, a
   * missing value as NaN. Returns the first problem instead if there is one; `into` is then left as it was.
   */
  read(payload: unknown, into: Float64Array, offset: number): PayloadFacts | PayloadProblem {
    const key = this.dataset.payloadKey;
    if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
      return new PayloadProblem('payload', `an object with the key ${JSON.stringify(key)}`, payload);
    }
    for (const name in payload) {
      if (name !== key)
        return new PayloadProblem(name, `absent: the only key is ${JSON.stringify(key)}`, valueAt(payload, name));
    }
    if (!Object.hasOwn(payload, key)) return new PayloadProblem(key, this.contentExpectation(), undefined);
    const content = (payload as Record<string, unknown>)[key];
    return Array.isArray(content) ? this.readPositional(content, into, offset) : this.readNamed(content, into, offset);
  }

  private readPositional(values: unknown[], into: Float64Array, offset: number): PayloadFacts | PayloadProblem {
    if (!this.isPositional(values)) return this.positionalProblem(values, firstError(this.isPositional));
    if (this.allNumbers) {
      for (let i = 0; i < values.length; i += 1) into[offset + i] = values[i] as number;
      return NO_FACTS;
    }
    for (let i = 0; i < this.columns.length; i += 1) into[offset + i] = this.columns[i]!.number(values[i]);
    return NO_FACTS;
  }

  private readNamed(content: unknown, into: Float64Array, offset: number): PayloadFacts | PayloadProblem {
    if (!this.isNamed(content)) return this.namedProblem(content, firstError(this.isNamed));
    const values = content as Record<string, unknown>;
    const time = this.eventTime(values);
    if (time instanceof PayloadProblem) return time;
    for (let i = 0; i < this.columns.length; i += 1) {
      const column = this.columns[i]!;
      into[offset + i] = column.number(valueAt(values, column.name));
    }
    return time === undefined ? NO_FACTS : { eventTime: time };
  }

  private eventTime(values: Record<string, unknown>): number | undefined | PayloadProblem {
    const names = this.dataset.timeColumns;
    if (names.some((name) => Object.hasOwn(values, name))) {
      return names.length === 1 ? timeOf(values, names[0]!) : timeOfParts(values, names);
    }
    return Object.hasOwn(values, 'date_time') ? timeOf(values, 'date_time') : undefined;
  }

  private positionalProblem(values: unknown[], error: ErrorObject): PayloadProblem {
    const index = Number(error.instancePath.slice(1));
    const column = error.instancePath === '' ? undefined : this.dataset.features[index];
    if (column === undefined) return new PayloadProblem(this.dataset.payloadKey, this.contentExpectation(), values);
    return new PayloadProblem(column.name, expectationOf(column), values[index]);
  }

  private namedProblem(content: unknown, error: ErrorObject): PayloadProblem {
    const parameters = error.params as { missingProperty?: string; additionalProperty?: string };
    if (parameters.additionalProperty !== undefined) {
      const known = [...this.dataset.features.map((column) => column.name), ...this.dataset.timeColumns];
      const name = parameters.additionalProperty;
      return new PayloadProblem(name, `absent: the columns are ${listOf(known)}`, valueAt(content as object, name));
    }
    const name = parameters.missingProperty ?? error.instancePath.slice(1);
    const column = this.dataset.features.find((candidate) => candidate.name === name);
    if (column === undefined) return new PayloadProblem(this.dataset.payloadKey, this.contentExpectation(), content);
    return new PayloadProblem(name, expectationOf(column), valueAt(content as object, name));
  }

  private contentExpectation(): string {
    const names = this.dataset.features.map((column) => column.name);
    return `an array of ${names.length} values or an object (${listOf(names)})`;
  }
}

/** Turns one feature's checked value into the number a model sees. */
class FeatureReader {
  readonly name: string;
  private readonly indexOf: ReadonlyMap<unknown, number> | undefined;

  constructor(column: DatasetColumn) {
    this.name = column.name;
    if (column.type === 'category')
      this.indexOf = new Map(column.categories?.map((category, index) => [category, index]));
  }

  number(value: unknown): number {
    if (typeof value === 'number') return value;
    if (typeof value === 'boolean') return value ? 1 : 0;
    return this.indexOf?.get(value) ?? Number.NaN;
  }
}

function firstError(validate: ValidateFunction): ErrorObject {
  return validate.errors![0]!;
}

function valueAt(object: object, name: string): unknown {
  return Object.hasOwn(object, name) ? (object as Record<string, unknown>)[name] : undefined;
}

function timeOf(values: Record<string, unknown>, name: string): number | PayloadProblem {
  const time = timeFromJson(values[name]);
  return Number.isNaN(time) ? new PayloadProblem(name, TIME_EXPECTATION, values[name]) : time;
}

function timeOfParts(values: Record<string, unknown>, names: readonly string[]): number | PayloadProblem {
  const parts = names.map((name) => valueAt(values, name));
  const wrong = parts.findIndex((part) => typeof part !== 'number');
  if (wrong >= 0) return new PayloadProblem(names[wrong]!, 'a number, a part of the time in UTC', parts[wrong]);
  const time = timeFromParts(parts as number[], names.length);
  return Number.isNaN(time) ? new PayloadProblem(names.join(', '), TIME_PARTS_EXPECTATION, parts.join(', ')) : time;
}
