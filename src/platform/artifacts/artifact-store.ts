import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Postgres, type Queryable } from '../postgres/postgres.js';

/** The bytes of an artifact are missing, or are not what they were when they were stored. */
export class ArtifactError extends Error {
  readonly code = 'artifact';
}

/** Immutable files by their SHA-256, in the database: one place for every replica and one backup. */
@Injectable()
export class ArtifactStore {
  constructor(private readonly postgres: Postgres) {}

  /** Stores the bytes and returns their SHA-256 as 64 hexadecimal digits. Bytes that are there already are kept. */
  async put(bytes: Uint8Array, transaction?: Queryable): Promise<string> {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await (transaction ?? this.postgres).query(
      'INSERT INTO gits.artifacts (sha256, size, bytes) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [sha256, bytes.length, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)],
    );
    return sha256;
  }

  /** The bytes, checked against their hash. */
  async get(sha256: string): Promise<Buffer> {
    const [row] = await this.postgres.rows<{ bytes: Buffer }>('SELECT bytes FROM gits.artifacts WHERE sha256 = $1', [
      sha256,
    ]);
    if (row === undefined) throw new ArtifactError(`There is no artifact ${sha256}.`);
    const found = createHash('sha256').update(row.bytes).digest('hex');
    if (found !== sha256) throw new ArtifactError(`Artifact ${sha256} is damaged: its bytes hash to ${found}.`);
    return row.bytes;
  }
}
