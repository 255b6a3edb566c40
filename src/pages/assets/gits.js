/* What pages do beyond HTML and htmx. Plain script without a build; loaded in the head, so it runs before the first paint. */
(() => {
  'use strict';
  const root = document.documentElement;
  root.classList.add('js');

  // Theme: as the system says, until a person chooses.
  const THEMES = ['system', 'light', 'dark'];
  const storedTheme = () => {
    try {
      const theme = localStorage.getItem('gits-theme');
      return THEMES.includes(theme) ? theme : 'system';
    } catch {
      return 'system';
    }
  };
  const applyTheme = (theme) => {
    root.dataset.theme = theme;
    for (const button of document.querySelectorAll('[data-theme-toggle]')) button.textContent = `Theme: ${theme}`;
  };
  const nextTheme = () => {
    const theme = THEMES[(THEMES.indexOf(root.dataset.theme) + 1) % THEMES.length];
    try {
      localStorage.setItem('gits-theme', theme);
    } catch {
      // Not kept then, but shown.
    }
    applyTheme(theme);
  };
  applyTheme(storedTheme());

  // The server writes times in this zone.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) document.cookie = `gits_zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax`;

  // Live parts of a page: held back while nobody looks, and honest about a server that does not answer.
  let paused = false;
  const refresh = () => {
    for (const part of document.querySelectorAll('[data-live]')) window.htmx?.trigger(part, 'gits:refresh');
  };
  const showLive = (failed) => {
    for (const sign of document.querySelectorAll('[data-live-sign]')) {
      sign.dataset.state = failed ? 'failed' : paused ? 'paused' : 'live';
      sign.textContent = failed ? 'No answer' : paused ? 'Paused' : 'Live';
    }
    for (const problem of document.querySelectorAll('[data-live-problem]')) problem.hidden = !failed;
  };
  const togglePause = (button) => {
    paused = !paused;
    button.textContent = paused ? 'Resume' : 'Pause';
    showLive(false);
    if (!paused) refresh();
  };
  const isLive = (context) => context?.sourceElement?.matches?.('[data-live]') === true;
  document.addEventListener('htmx:before:request', (event) => {
    const context = event.detail.ctx;
    if (isLive(context) && context.sourceEvent?.type === 'every' && (paused || document.hidden)) event.preventDefault();
  });
  document.addEventListener('htmx:finally:request', (event) => {
    const context = event.detail.ctx;
    if (!isLive(context)) return;
    const failed = String(context.status).startsWith('error') || (context.response?.status ?? 0) >= 400;
    if (failed || context.response) showLive(failed);
  });
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && !paused) refresh();
  });

  // What a chart says under the pointer.
  const tooltip = document.createElement('div');
  tooltip.className = 'tooltip';
  tooltip.hidden = true;
  let pointed = null;
  const point = (element) => {
    pointed = element;
    tooltip.hidden = element === null;
    if (element !== null) tooltip.textContent = element.dataset.tip;
  };
  document.addEventListener('pointerover', (event) => point(event.target.closest?.('[data-tip]') ?? null));
  document.addEventListener('pointermove', (event) => {
    if (pointed === null) return;
    const { width, height } = tooltip.getBoundingClientRect();
    const left = Math.min(event.clientX + 12, root.clientWidth - width - 8);
    const above = event.clientY - height - 12;
    tooltip.style.transform = `translate(${Math.max(8, left)}px, ${above < 8 ? event.clientY + 16 : above}px)`;
  });
  document.addEventListener('htmx:after:swap', () => point(pointed?.isConnected ? pointed : null));

  const copy = async (button) => {
    const code = button.parentElement.querySelector('pre');
    try {
      await window.navigator.clipboard.writeText(code.textContent);
      button.textContent = 'Copied';
    } catch {
      // Over plain HTTP browsers have no clipboard for scripts: the text is selected for Ctrl-C.
      window.getSelection().selectAllChildren(code);
      button.textContent = 'Press Ctrl-C';
    }
    setTimeout(() => (button.textContent = 'Copy'), 2000);
  };

  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('button');
    if (!button) return;
    if ('themeToggle' in button.dataset) nextTheme();
    if ('liveToggle' in button.dataset) togglePause(button);
    if ('copy' in button.dataset) void copy(button);
  });
  document.addEventListener('DOMContentLoaded', () => {
    applyTheme(root.dataset.theme);
    document.body.append(tooltip);
  });
})();
