import type { ComponentChildren, VNode } from 'preact';

interface PanelProps {
  /** Unique on the page; the heading's id follows from it. */
  id: string;
  title: string;
  /** A few words or a legend at the right of the title. */
  aside?: ComponentChildren;
  children: ComponentChildren;
}

/** A titled part of a page. */
export function Panel({ id, title, aside, children }: PanelProps): VNode {
  return (
    <section class="panel" id={id} aria-labelledby={`${id}-title`}>
      <header class="panel-head">
        <h2 id={`${id}-title`}>{title}</h2>
        {aside !== undefined && <div class="panel-aside">{aside}</div>}
      </header>
      {children}
    </section>
  );
}

/** What a panel shows when it has nothing to show. */
export function Empty({ children }: { children: ComponentChildren }): VNode {
  return <p class="empty">{children}</p>;
}
