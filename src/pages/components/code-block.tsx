import type { VNode } from 'preact';

/** A command to copy. The button works where scripts do. */
export function CodeBlock({ label, code }: { label: string; code: string }): VNode {
  return (
    <div class="code-block">
      {/* Focusable: a long line scrolls by keyboard too. */}
      <pre tabindex={0} role="region" aria-label={label}>
        <code>{code}</code>
      </pre>
      <button class="button js-only" type="button" data-copy>
        Copy
      </button>
    </div>
  );
}
