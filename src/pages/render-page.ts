import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';

/** A whole page as HTML text: the doctype and what `Layout` rendered. Every string in it is escaped by Preact. */
export function renderPage(page: VNode): string {
  return `<!doctype html>${renderToString(page)}`;
}

/** A part of a page as HTML text, for htmx to put in place. */
export function renderFragment(fragment: VNode): string {
  return renderToString(fragment);
}
