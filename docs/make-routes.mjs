// Writes the table of routes and roles in docs/security.md from the decorators of the controllers:
// `npm run build && node docs/make-routes.mjs [--check]`.
import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { RequestMethod } from '@nestjs/common';
import { ROLE_METADATA } from '../dist/src/access/roles.js';
import { ApiModule } from '../dist/src/roles/api.module.js';
import { writeOrCheck } from './write-or-check.mjs';

const BEGIN = '<!-- routes: made by docs/make-routes.mjs -->';
const END = '<!-- end of routes -->';

/** Every controller that the module and what it imports bring along. */
function controllersOf(module, seen = new Set()) {
  const type = module.module ?? module;
  if (seen.has(type)) return [];
  seen.add(type);
  const own = Reflect.getMetadata('controllers', type) ?? [];
  const imported = (Reflect.getMetadata('imports', type) ?? []).flatMap((each) => controllersOf(each, seen));
  return [...new Set([...own, ...imported])];
}

function routesOf(controller) {
  const prefixes = [Reflect.getMetadata('path', controller)].flat();
  const handlers = Object.getOwnPropertyNames(controller.prototype)
    .filter((name) => name !== 'constructor')
    .map((name) => controller.prototype[name])
    .filter((handler) => typeof handler === 'function' && Reflect.hasMetadata('path', handler));
  return handlers.flatMap((handler) => {
    const role = Reflect.getMetadata(ROLE_METADATA, handler) ?? Reflect.getMetadata(ROLE_METADATA, controller);
    const method = RequestMethod[Reflect.getMetadata('method', handler)];
    const paths = [Reflect.getMetadata('path', handler)].flat();
    return prefixes.flatMap((prefix) => paths.map((path) => ({ method, path: join(prefix, path), role })));
  });
}

function join(prefix, path) {
  const joined = `/${prefix}/${path}`.replaceAll(/\/+/g, '/').replace(/(.)\/$/, '$1');
  return joined.replaceAll(/:(\w+)/g, '{$1}');
}

const routes = controllersOf(ApiModule).flatMap(routesOf);
const forgotten = routes.filter(({ role }) => role === undefined);
if (forgotten.length > 0) throw new Error(`Routes without a role: ${forgotten.map(({ path }) => path).join(', ')}`);
// Swagger's routes are Fastify's own; a hook in roles/web-application.ts stands before them.
routes.push({ method: 'GET', path: '/docs', role: 'viewer' }, { method: 'GET', path: '/docs-json', role: 'viewer' });
routes.sort((a, b) => (a.path === b.path ? a.method.localeCompare(b.method) : a.path < b.path ? -1 : 1));

const table = [
  '| Method | Route | Least role |',
  '| --- | --- | --- |',
  ...routes.map(({ method, path, role }) => `| ${method} | \`${path}\` | ${role === 'public' ? '_open_' : role} |`),
].join('\n');

const page = new URL('security.md', import.meta.url);
const text = readFileSync(page, 'utf8');
const [before, rest] = text.split(BEGIN);
const after = rest?.split(END)[1];
if (after === undefined) throw new Error(`docs/security.md must hold ${BEGIN} and ${END}.`);
await writeOrCheck(page, `${before}${BEGIN}\n\n${table}\n\n${END}${after}`);
// Some modules keep a timer; there is nothing more to do.
process.exit();
