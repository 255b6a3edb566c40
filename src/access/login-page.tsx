import { Layout } from '../pages/layout.js';

interface LoginPageProps {
  /** Safe path to go on to, or null. */
  next: string | null;
  /** What went wrong with the last try. */
  problem?: string;
  /** As typed before. */
  username?: string;
}

/** The form for username and password. */
export function LoginPage({ next, problem, username = '' }: LoginPageProps) {
  return (
    <Layout title="Log in" principal={null}>
      <section class="card login" aria-labelledby="login-title">
        <h1 id="login-title">Log in</h1>
        {problem !== undefined && (
          <p class="notice error" role="alert">
            {problem}
          </p>
        )}
        <form method="post" action="/login" class="form">
          {next !== null && <input type="hidden" name="next" value={next} />}
          <label class="field">
            <span>Username</span>
            <input
              name="username"
              value={username}
              autocomplete="username"
              autocapitalize="none"
              spellcheck={false}
              required
              autofocus={username === ''}
            />
          </label>
          <label class="field">
            <span>Password</span>
            <input
              name="password"
              type="password"
              autocomplete="current-password"
              required
              autofocus={username !== ''}
            />
          </label>
          <button type="submit" class="button primary">
            Log in
          </button>
        </form>
        <p class="muted">
          No password yet? <code>npm run gits -- login-link</code> prints a link that logs the administrator in once.
        </p>
      </section>
    </Layout>
  );
}

/** For a login link that was used before, has expired, or was never made. */
export function DeadLinkPage({ minutes }: { minutes: number }) {
  return (
    <Layout title="Login link" principal={null}>
      <section class="card login" aria-labelledby="login-title">
        <h1 id="login-title">This login link does not work</h1>
        <p>A login link works once, and for {minutes} minutes. This one was used before or is too old.</p>
        <p>
          <code>npm run gits -- login-link</code> on the machine of GITS prints a new one.
        </p>
        <p>
          <a class="button" href="/login">
            Log in with a password
          </a>
        </p>
      </section>
    </Layout>
  );
}
