import { Layout } from './layout.js';
import { assetUrl, pageAsset } from './page-assets.js';
import { renderPage } from './render-page.js';

const admin = { kind: 'user', id: '1', name: 'ann', role: 'admin' } as const;

describe('Layout', () => {
  it('is a whole page with a title, a language and a way past the header', () => {
    const html = renderPage(<Layout title="Jobs" principal={admin} children="text" />);
    expect(html).toMatch(/^<!doctype html><html lang="en">/);
    expect(html).toContain('<title>Jobs · GITS</title>');
    expect(html).toMatch(/href="#main"[^]*<main id="main"/);
  });

  it('shows navigation and log-out to those who are logged in only', () => {
    const inside = renderPage(<Layout title="Jobs" principal={admin} active="dashboard" children="" />);
    expect(inside).toContain('action="/logout"');
    expect(inside).toContain('<a href="/dash_main_dashboard" aria-current="page">');
    const outside = renderPage(<Layout title="Log in" principal={null} children="" />);
    expect(outside).not.toContain('/logout');
    expect(outside).not.toContain('<nav');
  });

  it('escapes the title and the name of the user', () => {
    const name = '</title><script>alert(1)</script>';
    const html = renderPage(<Layout title={name} principal={{ ...admin, name }} children="" />);
    expect(html).not.toContain('<script>alert');
    expect(html).toContain('&lt;script>alert(1)');
  });

  it('links every asset by its content, so that a new build is loaded at once', () => {
    const html = renderPage(<Layout title="Jobs" principal={null} children="" />);
    for (const name of ['gits.css', 'gits.js', 'icon.svg', 'htmx.min.js'] as const) {
      expect(pageAsset(name)!.bytes.length).toBeGreaterThan(100);
      expect(assetUrl(name)).toMatch(/\?v=[0-9a-f]{12}$/);
      expect(html).toContain(`"${assetUrl(name)}"`);
    }
    expect(pageAsset('../layout.js')).toBeNull();
    expect(pageAsset('constructor')).toBeNull();
  });
});
