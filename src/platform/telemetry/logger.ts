import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import type { Environment } from '../../config/environment.js';

const LEVELS: LogLevel[] = ['debug', 'log', 'warn', 'error', 'fatal'];
const LEAST: Record<Environment['logLevel'], LogLevel> = { debug: 'debug', info: 'log', warn: 'warn', error: 'error' };
/** What the framework tells of itself while it starts; of use to developers only. */
const FRAMEWORK = ['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication'];

/** Nest's own logger: JSON lines for machines, short lines for people. */
class Log extends ConsoleLogger {
  override log(message: unknown, ...rest: unknown[]): void {
    if (FRAMEWORK.includes(String(rest.at(-1)))) super.debug(message, ...rest);
    else super.log(message, ...rest);
  }

  protected override formatMessage(
    logLevel: LogLevel,
    message: unknown,
    _pid: string,
    formattedLogLevel: string,
    contextMessage: string,
  ): string {
    const line = `${new Date().toISOString().slice(11, 19)} ${(this.options.prefix ?? '').padEnd(12)} ${formattedLogLevel.trim().padEnd(5)} `;
    return `${this.colorize(line, logLevel)}${contextMessage}${this.colorize(String(message), logLevel)}\n`;
  }
}

/** The logger of a process; `process` is its role. */
export function createLogger(environment: Environment, process: string): ConsoleLogger {
  return new Log({
    prefix: process,
    json: environment.logFormat === 'json',
    colors: environment.logFormat === 'text' && Boolean(globalThis.process.stdout.isTTY),
    logLevels: LEVELS.slice(LEVELS.indexOf(LEAST[environment.logLevel])),
  });
}
