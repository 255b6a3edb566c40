import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** A file that pages load. */
export interface PageAsset {
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
  /** The bytes in gzip. */
  readonly packed: Buffer;
  /** Start of the SHA-256 of the bytes: part of the URL, so that a new build is never hidden by a browser's cache. */
  readonly version: string;
}

const CSS = 'text/css; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

/** Every asset: where it lies and what it is. */
const ASSETS = {
  'gits.css': { path: () => ownAsset('gits.css'), type: CSS },
  'gits.js': { path: () => ownAsset('gits.js'), type: SCRIPT },
  'icon.svg': { path: () => ownAsset('icon.svg'), type: 'image/svg+xml' },
  'htmx.min.js': { path: () => createRequire(import.meta.url).resolve('htmx.org/dist/htmx.min.js'), type: SCRIPT },
} as const;

export type AssetName = keyof typeof ASSETS;

const loaded = new Map<string, PageAsset>();

/** The asset of that name, read once; null when there is none. */
export function pageAsset(name: string): PageAsset | null {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  if (!Object.hasOwn(ASSETS, name)) return null;
  const { path, type } = ASSETS[name as AssetName];
  const bytes = readFileSync(path());
  const version = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  const asset = { name, type, bytes, packed: gzipSync(bytes, { level: 9 }), version };
  loaded.set(name, asset);
  return asset;
}

/** The URL of an asset, such as `/assets/gits.css?v=0123456789ab`. */
export function assetUrl(name: AssetName): string {
  return `/assets/${name}?v=${pageAsset(name)?.version ?? ''}`;
}

function ownAsset(name: string): string {
  return fileURLToPath(new URL(`assets/${name}`, import.meta.url));
}
