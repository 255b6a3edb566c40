// Fits a straight line through docs/examples/dryer.csv and writes it as an ONNX file, with nothing but Node:
//   node docs/examples/fit-dryer.mjs docs/examples/dryer.csv dryer.onnx
// Real models come from scikit-learn, LightGBM and so on (docs/recipes.md); this one shows that ONNX is all GITS asks for.
import { readFileSync, writeFileSync } from 'node:fs';

const [csv = 'docs/examples/dryer.csv', onnx = 'dryer.onnx'] = process.argv.slice(2);
const FEATURES = ['temperature', 'humidity', 'throughput'];
const TARGET = 'moisture';

const [header = '', ...lines] = readFileSync(csv, 'utf8').trim().split('\n');
const names = header.split(',');
const rows = lines.map((line) => line.split(','));
const column = (row, name) => Number(row[names.indexOf(name)]);
const x = rows.map((row) => [...FEATURES.map((name) => column(row, name)), 1]);
const y = rows.map((row) => column(row, TARGET));

/** Solves the normal equations X'X w = X'y by Gauss-Jordan elimination with row pivoting. */
function leastSquares(x, y) {
  const width = x[0].length;
  const system = Array.from({ length: width }, (_, i) => [
    ...Array.from({ length: width }, (_, j) => x.reduce((sum, row) => sum + row[i] * row[j], 0)),
    x.reduce((sum, row, k) => sum + row[i] * y[k], 0),
  ]);
  for (let i = 0; i < width; i += 1) {
    const pivot = system.reduce(
      (best, row, k) => (k >= i && Math.abs(row[i]) > Math.abs(system[best][i]) ? k : best),
      i,
    );
    [system[i], system[pivot]] = [system[pivot], system[i]];
    system[i] = system[i].map((value) => value / system[i][i]);
    for (let k = 0; k < width; k += 1) {
      if (k !== i) system[k] = system[k].map((value, j) => value - system[k][i] * system[i][j]);
    }
  }
  return system.map((row) => row[width]);
}

// Protobuf by hand: a number is field << 3 followed by a varint, anything else is field << 3 | 2, its length, its bytes.
const varint = (n) => (n < 128 ? [n] : [(n % 128) | 128, ...varint(Math.floor(n / 128))]);
const number = (field, value) => [...varint(field << 3), ...varint(value)];
const bytes = (field, value) => [...varint((field << 3) | 2), ...varint(value.length), ...value];
const text = (field, value) => bytes(field, [...Buffer.from(value)]);
const floats = (field, values) => bytes(field, [...new Uint8Array(Float32Array.from(values).buffer)]);

const FLOAT = 1;
/** TensorProto: dims = 1, data_type = 2, float_data = 4, name = 8. */
const tensor = (name, dims, values) => [
  ...dims.flatMap((size) => number(1, size)),
  ...number(2, FLOAT),
  ...floats(4, values),
  ...text(8, name),
];
/** ValueInfoProto of a matrix [rows, columns]: an open dimension has a name (2) instead of a size (1). */
const matrix = (name, columns) => {
  const shape = [...bytes(1, text(2, 'rows')), ...bytes(1, number(1, columns))];
  return [...text(1, name), ...bytes(2, bytes(1, [...number(1, FLOAT), ...bytes(2, shape)]))];
};

const weights = leastSquares(x, y);
/** One node, Gemm: output = input x weights + bias. NodeProto: inputs = 1, outputs = 2, op_type = 4. */
const node = [...['input', 'weights', 'bias'].flatMap((name) => text(1, name)), ...text(2, TARGET), ...text(4, 'Gemm')];
const graph = [
  ...bytes(1, node),
  ...text(2, 'dryer'),
  ...bytes(5, tensor('weights', [FEATURES.length, 1], weights.slice(0, -1))),
  ...bytes(5, tensor('bias', [1], weights.slice(-1))),
  ...bytes(11, matrix('input', FEATURES.length)),
  ...bytes(12, matrix(TARGET, 1)),
];
/** ModelProto: ir_version = 1, producer_name = 2, graph = 7, opset_import = 8 (whose version = 2). */
const model = [...number(1, 8), ...text(2, 'fit-dryer.mjs'), ...bytes(7, graph), ...bytes(8, number(2, 17))];
writeFileSync(onnx, Uint8Array.from(model));

const errors = x.map((row, k) => Math.abs(row.reduce((sum, value, i) => sum + value * weights[i], 0) - y[k]));
const meanError = errors.reduce((sum, error) => sum + error, 0) / errors.length;
console.log(`${onnx}: ${model.length} bytes, mean absolute error ${meanError.toFixed(2)} on ${rows.length} rows`);
