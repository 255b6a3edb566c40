import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('./', import.meta.url));

/** One sound model with what ONNX Runtime gave for its sample rows. */
export interface OnnxFixture {
  name: string;
  bytes: Uint8Array;
  sha256: string;
  task: 'regression' | 'classification';
  acceptsNan: boolean;
  /** Row-major [20, 11]. */
  rows: Float64Array;
  rowCount: number;
  /** Recorded regression values, or null. */
  values: number[] | null;
  /** Recorded labels and probabilities (row-major), or null. */
  labels: number[] | null;
  probabilities: number[] | null;
}

/** The demo dataset's features; the fixtures' inputs are named after them. */
export const FIXTURE_FEATURES: readonly string[] = [
  'h_data',
  ...['1_1', '1_2', '1_3', '2_3', '3_1', '3_2', '3_3', '5_1', '5_2', '5_3'].map((zone) => `t_data_${zone}`),
];

interface FixtureJson {
  name: string;
  sha256: string;
  accepts_nan: boolean;
  rows: (number | null)[][];
  outputs: { type: string; values: unknown[] }[];
}

export function loadOnnxFixture(name: string): OnnxFixture {
  const json = JSON.parse(readFileSync(`${FOLDER}${name}.json`, 'utf8')) as FixtureJson;
  const [first, second] = json.outputs;
  const classification = second !== undefined;
  return {
    name,
    bytes: new Uint8Array(readFileSync(`${FOLDER}${name}.onnx`)),
    sha256: json.sha256,
    task: classification ? 'classification' : 'regression',
    acceptsNan: json.accepts_nan,
    rows: Float64Array.from(json.rows.flat(), (value) => value ?? Number.NaN),
    rowCount: json.rows.length,
    values: classification ? null : (first!.values as number[][]).flat(),
    labels: classification ? (first!.values as number[]) : null,
    probabilities: classification ? (second.values as (number | [number, number])[][]).flat().map(probabilityOf) : null,
  };
}

/** A ZipMap output is recorded as [key, probability]. */
function probabilityOf(cell: number | [number, number]): number {
  return typeof cell === 'number' ? cell : cell[1];
}

export function onnxFixtureNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.onnx'))
    .map((file) => file.slice(0, -'.onnx'.length))
    .sort();
}

export function hostileFiles(): string[] {
  return readdirSync(`${FOLDER}hostile`)
    .filter((file) => !file.endsWith('.md'))
    .sort();
}

export function readHostile(file: string): Uint8Array {
  return new Uint8Array(readFileSync(`${FOLDER}hostile/${file}`));
}
