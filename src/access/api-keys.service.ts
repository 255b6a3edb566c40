import { Injectable, Logger } from '@nestjs/common';
import { NotFoundProblem } from '../platform/http/problem.js';
import { type ApiKeyRecord, ApiKeysRepository } from './api-keys.repository.js';
import { Authenticator } from './authenticator.js';
import type { Principal } from './principal.js';
import type { RoleName } from './roles.js';

/** Makes API keys and revokes them. */
@Injectable()
export class ApiKeysService {
  private readonly logger = new Logger(ApiKeysService.name);

  constructor(
    private readonly keys: ApiKeysRepository,
    private readonly authenticator: Authenticator,
  ) {}

  list(): Promise<ApiKeyRecord[]> {
    return this.keys.list();
  }

  /** Throws NotFoundProblem. */
  async get(id: string): Promise<ApiKeyRecord> {
    const key = await this.keys.find(id);
    if (key === null) throw notFound(id);
    return key;
  }

  /** `days` null: the key does not expire. */
  async create(
    name: string,
    role: RoleName,
    days: number | null,
    by: Principal,
  ): Promise<{ key: string; record: ApiKeyRecord }> {
    const created = await this.keys.create(name, role, days, by.name);
    this.logger.log(`${by.name} has made API key ${created.record.prefix} with role ${role}`);
    return created;
  }

  /** Refused here at once, and by other processes within 5 s. Throws NotFoundProblem. */
  async revoke(id: string, by: Principal): Promise<void> {
    const hash = await this.keys.revoke(id);
    if (hash === null) throw notFound(id);
    this.authenticator.forgetKey(hash);
    this.logger.log(`${by.name} has revoked API key ${id}`);
  }
}

function notFound(id: string): NotFoundProblem {
  return new NotFoundProblem('api-key-not-found', `There is no API key with id ${JSON.stringify(id)}.`);
}
