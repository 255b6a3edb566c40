import { choice, decimal, flag, integer, list, rate, text } from './setting.js';

const MEBIBYTE = 1024 * 1024;

/**
 * Every setting of GITS, in the order in which `gits --help` and docs/settings.md show them. This is the only list: the
 * environment variables, the command-line flags, the checks and the documentation are all derived from it.
 */
export const SETTINGS = {
  role: list('GITS_ROLE', 'all', 'Roles to run, comma separated (see `gits --help`).'),
  host: text('GITS_HOST', '127.0.0.1', 'Address the web server listens on. 0.0.0.0 opens it to the network.'),
  port: integer('GITS_PORT', 8000, 0, 65535, 'Port of the web server; 0 takes a free one.'),
  healthPort: integer('GITS_HEALTH_PORT', 0, 0, 65535, 'Port of health and metrics of the other roles; 0: a free one.'),
  publicUrl: text('GITS_PUBLIC_URL', '', 'URL at which people reach the web server, for links; empty: host and port.'),
  trustProxy: flag('GITS_TRUST_PROXY', false, 'Believe the X-Forwarded headers of a proxy in front of the web server.'),
  dataDir: text('GITS_DATA_DIR', '.gits', 'Folder of the embedded database, logs and secrets.'),
  logLevel: choice('GITS_LOG_LEVEL', 'info', ['debug', 'info', 'warn', 'error'], 'Least level that is logged.'),
  logFormat: choice('GITS_LOG_FORMAT', 'text', ['text', 'json'], 'Form of the log lines.'),

  databaseUrl: text('DATABASE_URL', '', 'PostgreSQL to use; empty: the embedded one.', { secret: true }),
  postgresPort: integer('GITS_POSTGRES_PORT', 0, 0, 65535, 'Port of the embedded PostgreSQL; 0: a free one.'),
  databasePool: integer('GITS_DATABASE_POOL', 8, 2, 100, 'Most database connections of one process, the queue apart.'),

  adminPassword: text(
    'GITS_ADMIN_PASSWORD',
    '',
    'Password of `admin` at first start; empty: a login link is printed.',
    {
      secret: true,
    },
  ),
  apiKey: text('GITS_API_KEY', '', 'An API key with role admin, for automation; at least 24 characters.', {
    secret: true,
  }),
  sessionHours: integer('GITS_SESSION_HOURS', 12, 1, 720, 'Hours after which a login ends.'),
  loginLinkMinutes: integer('GITS_LOGIN_LINK_MINUTES', 60, 1, 1440, 'Minutes for which a one-time login link works.'),

  demo: flag('GITS_DEMO', true, 'Make the demo dataset, its data, model and service at first start.'),
  workers: integer('GITS_WORKERS', 1, 0, 64, 'Worker processes that role `all` starts.'),
  service: list(
    'GITS_SERVICE',
    '',
    'Services a worker serves, or the one a data source feeds; empty: all, or the first.',
  ),
  batchSize: integer('GITS_BATCH_SIZE', 1024, 1, 8192, 'Most messages that are scored and stored at once.'),
  batchesInFlight: integer('GITS_BATCHES_IN_FLIGHT', 3, 1, 16, 'Most batches that one worker has under way.'),
  maxAttempts: integer('GITS_MAX_ATTEMPTS', 5, 1, 100, 'Deliveries after which a message becomes a dead letter.'),
  scoreTimeoutSeconds: decimal(
    'GITS_SCORE_TIMEOUT_SECONDS',
    10,
    0.1,
    600,
    'Longest time a model may take for a batch.',
  ),
  maxInferRows: integer('GITS_MAX_INFER_ROWS', 10_000, 1, 1_000_000, 'Most rows of one request to /v2.'),
  maxInferModels: integer('GITS_MAX_INFER_MODELS', 16, 1, 1000, 'Most models the web server keeps loaded for /v2.'),
  maxMessageBytes: integer('GITS_MAX_MESSAGE_BYTES', 262_144, 64, 64 * MEBIBYTE, 'Largest message that is scored.'),
  drainSeconds: decimal('GITS_DRAIN_SECONDS', 30, 1, 600, 'Longest wait for work under way when stopping.'),

  interval: decimal('GITS_INTERVAL', 2, 0.001, 86_400, 'Seconds between two messages of the data source.'),
  rate: rate(
    'GITS_RATE',
    'Messages per second of the data source in place of the interval; `max`: as fast as it goes.',
  ),
  source: text(
    'GITS_SOURCE',
    'simulator',
    'What the data source sends: `simulator`, or a CSV or NDJSON file (also .gz).',
  ),
  sourceRun: text('GITS_SOURCE_RUN', '', 'Name of a replay. A name is sent once; a restart goes on where it stopped.'),
  sourceCount: integer(
    'GITS_SOURCE_COUNT',
    0,
    0,
    1_000_000_000,
    'Messages after which the data source ends; 0: no end.',
  ),
  sourceMap: text('GITS_SOURCE_MAP', '', 'Columns of the file by dataset column: `h_data=H_data,quality=Quality`.'),
  maxBacklog: integer('GITS_MAX_BACKLOG', 50_000, 1, 10_000_000, 'Waiting messages at which the data source pauses.'),
  scenario: text('GITS_SCENARIO', 'steady', 'Scenario of the simulator.'),
  seed: integer('GITS_SEED', 1, 0, 4_294_967_295, 'Seed of the simulator.'),
  labelDelay: decimal(
    'GITS_LABEL_DELAY',
    30,
    0,
    31_536_000,
    'Seconds until the laboratory result of a message is known.',
  ),
  collectInterval: decimal('GITS_COLLECT_INTERVAL', 10, 0.1, 86_400, 'Seconds between two rounds of the collector.'),

  maxBodyBytes: integer('GITS_MAX_BODY_BYTES', 10 * MEBIBYTE, 1024, 1024 * MEBIBYTE, 'Largest JSON request.'),
  maxImportBytes: integer('GITS_MAX_IMPORT_BYTES', 4096 * MEBIBYTE, 1024, 2 ** 50, 'Largest file of an import.'),
  maxColumns: integer('GITS_MAX_COLUMNS', 500, 1, 1500, 'Most feature columns of a dataset.'),
  maxModelBytes: integer('GITS_MAX_MODEL_BYTES', 64 * MEBIBYTE, 1024, 1024 * MEBIBYTE, 'Largest model file.'),
  maxModelNodes: integer('GITS_MAX_MODEL_NODES', 5000, 1, 10_000_000, 'Most nodes of a model graph.'),
  modelTrialSeconds: decimal('GITS_MODEL_TRIAL_SECONDS', 10, 0.5, 600, 'Longest trial run of an uploaded model.'),
  modelTrialMemory: integer('GITS_MODEL_TRIAL_MEMORY', 1024, 128, 65_536, 'Most MiB of memory of the trial run.'),
  allowControlFlow: flag('GITS_ALLOW_CONTROL_FLOW', false, 'Accept models with If, Loop or Scan.'),
  allowFunctions: flag('GITS_ALLOW_FUNCTIONS', false, 'Accept models with local functions.'),
} as const;
