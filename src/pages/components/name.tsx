import type { VNode } from 'preact';

/** A technical name, which may break after its separators rather than anywhere. */
export function Name({ of }: { of: string }): VNode {
  return (
    <span class="name">
      {of.split(/(?<=[_.\-:])/).map((part, index) => (
        <>
          {index > 0 && <wbr />}
          {part}
        </>
      ))}
    </span>
  );
}
