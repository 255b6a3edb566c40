import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { checkAccessSettings } from './access-settings.js';
import { loginLinkText } from './login-link.js';
import { LoginLinksRepository } from './login-links.repository.js';
import { Passwords } from './passwords.js';
import { UsersRepository } from './users.repository.js';

export const ADMIN = 'admin';

/** Makes the user `admin` when the web server starts and there is no user at all. */
@Injectable()
export class FirstAdmin implements OnApplicationBootstrap {
  private readonly logger = new Logger(FirstAdmin.name);
  /** Id of the admin this process has made and nobody can log in as yet. */
  private unannounced: string | null = null;

  constructor(
    private readonly environment: Environment,
    private readonly users: UsersRepository,
    private readonly links: LoginLinksRepository,
    private readonly passwords: Passwords,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    checkAccessSettings(this.environment);
    if (await this.users.anyExists()) return;
    const { adminPassword } = this.environment;
    const hash = adminPassword === '' ? null : await this.passwords.hash(adminPassword);
    const id = await this.users.createFirst(ADMIN, hash, 'admin');
    if (id === null) return;
    this.logger.log(`made the first user, ${ADMIN}`);
    if (hash === null) this.unannounced = id;
  }

  /**
   * Prints a one-time login link if this process has made an admin without a password. To be called once the server
   * listens at `baseUrl`.
   */
  async announce(baseUrl: string, print: (text: string) => void = (text) => process.stdout.write(text)): Promise<void> {
    const id = this.unannounced;
    if (id === null) return;
    this.unannounced = null;
    const link = await this.links.create(id, this.environment.loginLinkMinutes);
    print(`\n  ${loginLinkText(ADMIN, this.environment.publicUrl || baseUrl, link)}\n\n`);
  }
}
