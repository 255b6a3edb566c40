import type { ComponentChildren, VNode } from 'preact';

/** A message that stands out: something is wrong (`error`), or worth knowing (`info`). */
export function Notice({ kind, children }: { kind: 'error' | 'info'; children: ComponentChildren }): VNode {
  return (
    <p class={`notice ${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
      {children}
    </p>
  );
}
