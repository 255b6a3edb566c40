import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import type { Environment } from '../../config/environment.js';

const LEVELS: LogLevel[] = ['debug', 'log', 'warn', 'error', 'fatal'];
const LEAST: Record<Environment['logLevel'], LogLevel> = { debug: 'debug', info: 'log', warn: 'warn', error: 'error' };

/** Nest's own logger, as text for people or as JSON lines for machines. */
export function createLogger(environment: Environment, process: string): ConsoleLogger {
  return new ConsoleLogger({
    prefix: `gits ${process}`,
    json: environment.logFormat === 'json',
    colors: environment.logFormat === 'text' && Boolean(globalThis.process.stdout.isTTY),
    logLevels: LEVELS.slice(LEVELS.indexOf(LEAST[environment.logLevel])),
    timestamp: false,
  });
}
