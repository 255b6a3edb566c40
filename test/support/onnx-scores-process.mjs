// Scores float32 rows from standard input with ONNX Runtime alone; nothing of the program is involved.
// Arguments: the model file and the number of features. Output: a JSON list with one number per row.
import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';

process.env.ORT_DISABLE_TELEMETRY = '1';
const { InferenceSession, Tensor } = await import('onnxruntime-node');

const [, , file, width] = process.argv;
const input = await buffer(process.stdin);
const rows = new Float32Array(input.buffer.slice(input.byteOffset, input.byteOffset + input.byteLength));
const session = await InferenceSession.create(readFileSync(file), { intraOpNumThreads: 1, logSeverityLevel: 4 });
const feeds = { [session.inputNames[0]]: new Tensor('float32', rows, [rows.length / Number(width), Number(width)]) };
const results = await session.run(feeds);
process.stdout.write(JSON.stringify(Array.from(results[session.outputNames[0]].data)));
