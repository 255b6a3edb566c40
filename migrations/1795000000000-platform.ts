import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Schemas `gits` (the platform) and `data` (the rows of datasets), with every table of the first version. */
export class Platform1795000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statements of [SCHEMAS, ACCESS, DATASETS, REGISTRY, QUEUE, JOBS, OPERATIONS]) {
      await runner.query(statements);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA gits CASCADE; DROP SCHEMA data CASCADE;');
  }
}

const SCHEMAS = `
  CREATE SCHEMA gits;
  CREATE SCHEMA data;
`;

const ACCESS = `
  CREATE TABLE gits.users (
    id uuid PRIMARY KEY,
    username text NOT NULL UNIQUE,
    password_hash text,
    role text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE gits.login_links (
    token_hash text PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES gits.users ON DELETE CASCADE,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
  );
  CREATE TABLE gits.sessions (
    token_hash text PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES gits.users ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
  );
  CREATE TABLE gits.api_keys (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    prefix text NOT NULL,
    key_hash text NOT NULL UNIQUE,
    role text NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz
  );
  CREATE TABLE gits.idempotency_keys (
    principal text NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    response json,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (principal, key)
  );
`;

const DATASETS = `
  CREATE TABLE gits.datasets (
    name text PRIMARY KEY,
    definition json NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
  );
  -- Exact row counts without counting: the sum over lanes. A lane is one database session, so writers do not wait for each other.
  CREATE TABLE gits.row_counts (
    dataset text NOT NULL REFERENCES gits.datasets ON DELETE CASCADE,
    split text NOT NULL,
    lane integer NOT NULL,
    row_count bigint NOT NULL,
    PRIMARY KEY (dataset, split, lane)
  );
  CREATE FUNCTION gits.count_rows(dataset text, split text, added bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO gits.row_counts VALUES (dataset, split, pg_backend_pid() % 64, added)
    ON CONFLICT ON CONSTRAINT row_counts_pkey DO UPDATE SET row_count = row_counts.row_count + excluded.row_count
  $$;
`;

const REGISTRY = `
  CREATE TABLE gits.artifacts (
    sha256 text PRIMARY KEY,
    size bigint NOT NULL,
    bytes bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  -- A model file is compressed badly and read whole.
  ALTER TABLE gits.artifacts ALTER COLUMN bytes SET STORAGE EXTERNAL;
  CREATE TABLE gits.models (
    name text PRIMARY KEY,
    dataset text NOT NULL REFERENCES gits.datasets,
    description text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL
  );
  CREATE TABLE gits.model_versions (
    model text NOT NULL REFERENCES gits.models ON DELETE CASCADE,
    version integer NOT NULL,
    sha256 text NOT NULL REFERENCES gits.artifacts,
    signature json NOT NULL,
    gate json NOT NULL,
    metrics json NOT NULL DEFAULT '{}',
    card json NOT NULL DEFAULT '{}',
    description text NOT NULL DEFAULT '',
    parent_version integer,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL,
    PRIMARY KEY (model, version)
  );
  CREATE TABLE gits.model_aliases (
    model text NOT NULL,
    alias text NOT NULL,
    version integer NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (model, alias),
    FOREIGN KEY (model, version) REFERENCES gits.model_versions ON DELETE RESTRICT
  );
  CREATE TABLE gits.deployments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    model text NOT NULL REFERENCES gits.models ON DELETE CASCADE,
    alias text NOT NULL,
    from_version integer,
    to_version integer,
    at timestamptz NOT NULL DEFAULT now(),
    by text NOT NULL,
    reason text NOT NULL DEFAULT ''
  );
  CREATE INDEX ON gits.deployments (model, at);
  CREATE TABLE gits.services (
    name text PRIMARY KEY,
    queue text NOT NULL UNIQUE,
    dataset text NOT NULL REFERENCES gits.datasets,
    model text NOT NULL REFERENCES gits.models,
    alias text NOT NULL,
    enabled boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
  );
`;

const QUEUE = `
  CREATE TABLE gits.queues (
    name text PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE gits.messages (
    sequence bigint GENERATED ALWAYS AS IDENTITY,
    id uuid NOT NULL,
    queue text NOT NULL,
    attempts smallint NOT NULL DEFAULT 0,
    published_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    available_at timestamptz,
    last_error text,
    body text NOT NULL
  ) WITH (
    -- Rows live for milliseconds: vacuum by count, not by share of the table.
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 1000000,
    autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 200000, autovacuum_vacuum_cost_delay = 0
  );
  CREATE UNIQUE INDEX messages_id ON gits.messages (id);
  CREATE INDEX messages_in_order ON gits.messages (queue, sequence);
  CREATE INDEX messages_retry ON gits.messages (queue, available_at) WHERE attempts > 0;
  -- Which messages a consumer holds, so that those of a dead one count as one attempt. Lost with a crash of the server,
  -- which is no message's fault: hence unlogged.
  CREATE SEQUENCE gits.consumers AS integer CYCLE;
  CREATE UNLOGGED TABLE gits.message_claims (
    consumer integer NOT NULL,
    lane integer NOT NULL,
    queue text NOT NULL,
    sequences int8multirange NOT NULL,
    PRIMARY KEY (consumer, lane)
  ) WITH (fillfactor = 50);
  CREATE TABLE gits.dead_letters (
    id uuid PRIMARY KEY,
    queue text NOT NULL,
    body text NOT NULL,
    reason text NOT NULL,
    attempts smallint NOT NULL,
    published_at timestamptz NOT NULL,
    dead_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX ON gits.dead_letters (queue, dead_at);
`;

const JOBS = `
  CREATE TABLE gits.jobs (
    id uuid PRIMARY KEY,
    service text NOT NULL,
    routing_key text NOT NULL,
    last_status text NOT NULL,
    payload json NOT NULL,
    result json NOT NULL,
    message text NOT NULL,
    worker text,
    model text,
    model_version integer,
    attempts smallint NOT NULL DEFAULT 0,
    queued_at timestamptz NOT NULL,
    started_at timestamptz,
    ended_at timestamptz
  );
  CREATE INDEX jobs_by_time ON gits.jobs (queued_at);
  CREATE INDEX jobs_by_service ON gits.jobs (service, queued_at);
  CREATE INDEX jobs_not_finished ON gits.jobs (last_status, queued_at) WHERE last_status <> 'finished';

  -- Jobs per service, status and minute, kept by triggers so that no path can forget it; the sum over lanes.
  CREATE TABLE gits.job_counts (
    minute timestamptz NOT NULL,
    service text NOT NULL,
    status text NOT NULL,
    lane integer NOT NULL,
    jobs bigint NOT NULL,
    PRIMARY KEY (minute, service, status, lane)
  ) WITH (fillfactor = 50);
  CREATE FUNCTION gits.count_jobs_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO gits.job_counts AS c
    SELECT date_trunc('minute', coalesce(ended_at, queued_at)), service, last_status, pg_backend_pid() % 16, count(*)
    FROM added GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (minute, service, status, lane) DO UPDATE SET jobs = c.jobs + excluded.jobs;
    RETURN NULL;
  END $$;
  CREATE FUNCTION gits.count_jobs_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO gits.job_counts AS c
    SELECT date_trunc('minute', coalesce(ended_at, queued_at)), service, last_status, pg_backend_pid() % 16, -count(*)
    FROM removed GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (minute, service, status, lane) DO UPDATE SET jobs = c.jobs + excluded.jobs;
    RETURN NULL;
  END $$;
  CREATE FUNCTION gits.count_jobs_updated() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO gits.job_counts AS c
    SELECT minute, service, last_status, pg_backend_pid() % 16, sum(change) FROM (
      SELECT date_trunc('minute', coalesce(ended_at, queued_at)) AS minute, service, last_status, 1 AS change FROM added
      UNION ALL
      SELECT date_trunc('minute', coalesce(ended_at, queued_at)), service, last_status, -1 FROM removed
    ) AS changes GROUP BY 1, 2, 3 HAVING sum(change) <> 0 ORDER BY 1, 2, 3
    ON CONFLICT (minute, service, status, lane) DO UPDATE SET jobs = c.jobs + excluded.jobs;
    RETURN NULL;
  END $$;
  CREATE TRIGGER count_inserted AFTER INSERT ON gits.jobs REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION gits.count_jobs_inserted();
  CREATE TRIGGER count_deleted AFTER DELETE ON gits.jobs REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION gits.count_jobs_deleted();
  CREATE TRIGGER count_updated AFTER UPDATE ON gits.jobs REFERENCING NEW TABLE AS added OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION gits.count_jobs_updated();
`;

const OPERATIONS = `
  CREATE TABLE gits.processes (
    id text PRIMARY KEY,
    role text NOT NULL,
    host text NOT NULL,
    pid integer NOT NULL,
    health_url text NOT NULL,
    details jsonb NOT NULL DEFAULT '{}',
    started_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now()
  );
  -- What happens once in the life of a database, such as loading the demo data.
  CREATE TABLE gits.setup_steps (
    name text PRIMARY KEY,
    done_at timestamptz NOT NULL DEFAULT now()
  );
  -- How far a data source has sent, so that a restart neither repeats nor skips.
  CREATE TABLE gits.source_runs (
    name text PRIMARY KEY,
    service text NOT NULL,
    position bigint NOT NULL DEFAULT 0,
    state jsonb,
    started_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz
  );
  -- Laboratory results that become known some time after the message: what a plant's lab system would hand over.
  CREATE TABLE gits.laboratory_results (
    job_id uuid PRIMARY KEY,
    dataset text NOT NULL,
    label text NOT NULL,
    due_at timestamptz NOT NULL
  );
  CREATE INDEX ON gits.laboratory_results (due_at);
`;
