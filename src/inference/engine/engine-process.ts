import { createHash } from 'node:crypto';
import { OnnxSession } from '../../registry/onnx-gate/onnx-session.js';
import type { RawPredictions } from '../../registry/onnx-gate/predictions.js';
import { runtimeMessage } from '../../registry/onnx-gate/runtime-message.js';
import { EngineModelError } from './engine-errors.js';
import type { EngineAnswer, EngineRequest } from './engine-messages.js';

/** Entry of the engine's child process: ONNX Runtime sessions by SHA-256, asked over IPC, one request at a time. */
const sessions = new Map<string, OnnxSession>();

async function handle(request: EngineRequest): Promise<RawPredictions | undefined> {
  const { sha256 } = request;
  const session = sessions.get(sha256);
  switch (request.kind) {
    case 'load':
      if (session === undefined) sessions.set(sha256, await load(request));
      return undefined;
    case 'unload':
      sessions.delete(sha256);
      await session?.close();
      return undefined;
    case 'score': {
      if (session === undefined) throw new EngineModelError('not-loaded', `Model ${sha256} is not loaded.`);
      const scored = session.score(request.rows, request.rowCount);
      return scored.catch((error: unknown) => {
        throw new EngineModelError('score-failed', `Model ${sha256} fails to score: ${runtimeMessage(error)}`);
      });
    }
  }
}

/** The hash is checked here, at every load, so that what runs is what passed the gate. */
async function load({ sha256, bytes, signature }: EngineRequest & { kind: 'load' }): Promise<OnnxSession> {
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) {
    throw new EngineModelError('hash-mismatch', `The stored model should have SHA-256 ${sha256}, but has ${found}.`);
  }
  try {
    return await OnnxSession.open(bytes, signature);
  } catch (error) {
    throw new EngineModelError('load-failed', `Model ${sha256} cannot be loaded: ${runtimeMessage(error)}`);
  }
}

async function answer(request: EngineRequest): Promise<void> {
  let message: EngineAnswer;
  try {
    const predictions = await handle(request);
    message = { kind: 'done', predictions, rssBytes: process.memoryUsage.rss() };
  } catch (error) {
    const code = error instanceof EngineModelError ? error.code : 'score-failed';
    message = { kind: 'failed', code, message: runtimeMessage(error), rssBytes: process.memoryUsage.rss() };
  }
  process.send?.(message);
}

let queue = Promise.resolve();
process.on('message', (request: EngineRequest) => {
  queue = queue.then(() => answer(request));
});
// The parent is gone, or has let go of this process.
process.on('disconnect', () => process.exit(0));
// A Ctrl-C in the terminal, or a service manager, signals the whole group. The parent finishes its batches first and then lets go.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.send?.({ kind: 'ready' } satisfies EngineAnswer);
