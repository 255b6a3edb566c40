import { type FieldKind, type MessageName, type MessageTypes, ONNX_SCHEMA } from './onnx-schema.js';
import { OnnxRefusedError } from './onnx-refused-error.js';
import { type ScalarKind, Scalars, decodeUtf8 } from './scalars.js';
import { WIRE_BYTES, WIRE_FIXED32, WIRE_VARINT, WireError, WireReader } from './wire-reader.js';

/** Deepest nesting of messages. A graph inside a graph takes three levels; flat models need six. */
const MAX_DEPTH = 32;

/** Most messages in one file, so that a file of tiny messages cannot fill the memory. */
const MAX_MESSAGES = 250_000;

type Fields = Record<string, unknown>;

/**
 * Decodes one ONNX message. Names, integers and structure are read; tensors and lists of numbers stay where they are.
 *
 * @throws OnnxRefusedError 'not-onnx' when the bytes do not parse, 'nesting' when messages nest too deep,
 *   'too-many-nodes' when there are too many of them.
 */
export function decodeOnnx<Name extends keyof MessageTypes>(name: Name, bytes: Uint8Array): MessageTypes[Name] {
  const budget = { messages: MAX_MESSAGES };
  return refusingUnreadable(() => decodeMessage(name, bytes, 0, budget) as unknown as MessageTypes[Name]);
}

/** Runs a step that reads from the file; what cannot be read becomes a refusal. */
export function refusingUnreadable<Result>(step: () => Result): Result {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new OnnxRefusedError(
      'not-onnx',
      `The file cannot be read as an ONNX model: ${error.message}.`,
      'Export the model again and upload the file unchanged; a cut-off download is the usual cause.',
    );
  }
}

function decodeMessage(name: MessageName, bytes: Uint8Array, depth: number, budget: { messages: number }): Fields {
  if (depth > MAX_DEPTH) {
    throw new OnnxRefusedError(
      'nesting',
      `The file nests structures more than ${MAX_DEPTH} deep; models nest about 6 deep.`,
    );
  }
  if (--budget.messages < 0) {
    throw new OnnxRefusedError(
      'too-many-nodes',
      `The file has more than ${MAX_MESSAGES} parts, more than any tabular model.`,
    );
  }
  const schema = ONNX_SCHEMA[name];
  const message = emptyMessage(name, bytes);
  const reader = new WireReader(bytes);
  while (reader.next()) {
    const spec = schema[reader.field];
    if (spec === undefined) reader.skip();
    else readField(message, spec[0], spec[1], reader, depth, budget);
  }
  return message;
}

/** All repeated fields set to empty, so that readers of a message need no checks. */
function emptyMessage(name: MessageName, bytes: Uint8Array): Fields {
  const message: Fields = {};
  for (const [number, [field, kind]] of Object.entries(ONNX_SCHEMA[name])) {
    if (kind === 'present') message[field] = 0;
    else if (isScalars(kind)) message[field] = new Scalars(bytes, Number(number), kind);
    else if (typeof kind === 'object' && 'many' in kind) message[field] = [];
  }
  return message;
}

function readField(
  message: Fields,
  field: string,
  kind: FieldKind,
  reader: WireReader,
  depth: number,
  budget: { messages: number },
): void {
  if (kind === 'present') {
    message[field] = (message[field] as number) + 1;
    reader.skip();
  } else if (isScalars(kind)) {
    (message[field] as Scalars).add(reader);
  } else if (typeof kind === 'object' && 'many' in kind) {
    expectWire(reader, WIRE_BYTES);
    (message[field] as Fields[]).push(decodeMessage(kind.many, reader.view(), depth + 1, budget));
  } else {
    // Parsers differ on repeated singular fields (last one wins, or merged): what we check could differ from what runs.
    if (field in message) throw new WireError(`field "${field}" is given twice`);
    message[field] = readSingle(kind, reader, depth, budget);
  }
}

function readSingle(
  kind: Exclude<FieldKind, ScalarKind | 'present' | { many: MessageName }>,
  reader: WireReader,
  depth: number,
  budget: { messages: number },
): unknown {
  if (kind === 'int') {
    expectWire(reader, WIRE_VARINT);
    return reader.varint();
  }
  if (kind === 'float') {
    expectWire(reader, WIRE_FIXED32);
    return reader.float();
  }
  expectWire(reader, WIRE_BYTES);
  const bytes = reader.view();
  if (kind === 'bytes') return bytes;
  return kind === 'string' ? decodeUtf8(bytes) : decodeMessage(kind.one, bytes, depth + 1, budget);
}

function isScalars(kind: FieldKind): kind is ScalarKind {
  return kind === 'ints' || kind === 'floats' || kind === 'doubles' || kind === 'blobs';
}

function expectWire(reader: WireReader, wire: number): void {
  if (reader.wire !== wire) throw new WireError(`field ${reader.field} at byte ${reader.start} has a wrong type`);
}
