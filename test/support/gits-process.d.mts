export declare const PROGRAM: string;
export declare const API_KEY: string;

export interface GitsProcessOptions {
  /** Environment variables. */
  settings?: Record<string, string>;
  program?: string;
}

export declare class GitsProcess {
  constructor(args: string[], options?: GitsProcessOptions);
  readonly output: string;
  readonly ended: boolean;
  readonly pid: number;
  printed(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  end(timeoutMs?: number): Promise<number | string>;
  stop(timeoutMs?: number): Promise<number | string>;
  kill(): Promise<number>;
}

export declare function startInstallation(
  dataDir: string,
  options?: GitsProcessOptions,
): Promise<{ gits: GitsProcess; url: string }>;
