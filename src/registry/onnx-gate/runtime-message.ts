const MAX_LENGTH = 300;

/**
 * What a person can read of an ONNX Runtime error: its messages carry the path of a C++ source and the signature of a function
 * before the reason.
 */
export function runtimeMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .replace(/\/onnxruntime_src\S*:\d+ .*?\)(?: const)?(?: \[with .*\])? /gs, '')
    .trim()
    .slice(0, MAX_LENGTH);
}
