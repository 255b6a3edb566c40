/**
 * ONNX Runtime 1.30 reports its use to its makers unless told not to. Child processes that load it get this and nothing else
 * of the environment.
 */
export const QUIET_RUNTIME = { ORT_DISABLE_TELEMETRY: '1' } as const;
