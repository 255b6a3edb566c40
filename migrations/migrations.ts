import type { MigrationInterface } from 'typeorm';
import { Platform1795000000000 } from './1795000000000-platform.js';

/** Every migration, oldest first. A new one is added at the end. */
export const MIGRATIONS: readonly (new () => MigrationInterface)[] = [Platform1795000000000];
