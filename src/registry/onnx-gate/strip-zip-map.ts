import type { ModelSignature } from './model-signature.js';
import { decodeOnnx } from './onnx-model.js';
import { WIRE_BYTES, WireReader } from './wire-reader.js';

const MODEL_GRAPH = 7;
const GRAPH_NODE = 1;
const GRAPH_OUTPUT = 12;

/**
 * Takes the ZipMap off a classifier, so that its tensor of probabilities is an output of the model: onnxruntime-node cannot
 * return a sequence of maps. Works on the bytes of a file that has passed the gate; all else in it stays as it is. Returns the
 * same bytes if the signature needs no change. The stored artifact is never rewritten.
 */
export function stripZipMap(bytes: Uint8Array, signature: ModelSignature): Uint8Array {
  const { output } = signature;
  if (output.task !== 'classification' || !output.probabilities.zipMap) return bytes;
  const parts: Uint8Array[] = [];
  const reader = new WireReader(bytes);
  while (reader.next()) {
    if (reader.field === MODEL_GRAPH) {
      const graph = stripGraph(reader.view(), output.probabilities.name);
      parts.push(Uint8Array.from([(MODEL_GRAPH << 3) | WIRE_BYTES, ...varint(graph.length)]), graph);
    } else {
      reader.skip();
      parts.push(bytes.subarray(reader.start, reader.position));
    }
  }
  return concatenate(parts);
}

/** Drops the ZipMaps and the outputs they make, and names `tensor` as an output. */
function stripGraph(graph: Uint8Array, tensor: string): Uint8Array {
  const zipped = new Set<string>();
  const scan = new WireReader(graph);
  while (scan.next()) {
    if (scan.field !== GRAPH_NODE) scan.skip();
    else for (const name of zipMapOutputs(scan.view())) zipped.add(name);
  }
  const parts: Uint8Array[] = [];
  const reader = new WireReader(graph);
  while (reader.next()) {
    const dropped =
      reader.field === GRAPH_NODE
        ? zipMapOutputs(reader.view()).length > 0
        : reader.field === GRAPH_OUTPUT
          ? zipped.has(decodeOnnx('ValueInfo', reader.view()).name ?? '')
          : (reader.skip(), false);
    if (!dropped) parts.push(graph.subarray(reader.start, reader.position));
  }
  // ValueInfoProto { name, type: tensor of float (1) without a shape }: ZipMap takes nothing else.
  const name = new TextEncoder().encode(tensor);
  const info = [0x0a, ...varint(name.length), ...name, 0x12, 4, 0x0a, 2, 0x08, 1];
  parts.push(Uint8Array.from([(GRAPH_OUTPUT << 3) | WIRE_BYTES, ...varint(info.length), ...info]));
  return concatenate(parts);
}

function zipMapOutputs(bytes: Uint8Array): string[] {
  const node = decodeOnnx('Node', bytes);
  return node.operator === 'ZipMap' ? node.outputs.strings() : [];
}

/** Protobuf's variable-length encoding of a length. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 0x80);
  }
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
