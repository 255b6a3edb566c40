#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { runCommandLine } from './commands/command-line.js';

process.exitCode = await runCommandLine(process.argv, fileURLToPath(import.meta.url));
// Every resource is closed by now; an open handle of a library must not keep the process.
process.exit();
