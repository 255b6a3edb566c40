import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * What each module shows to the others: a file that is not listed here is its own affair. `platform`, `config` and `pages`
 * are the floor that every module stands on. A new module adds its line.
 */
const PUBLIC = {
  access: [
    'access.module',
    'access-settings',
    'first-admin',
    'forget-expired-logins',
    'gatekeeper',
    'login-required',
    'login-link',
    'login-links.repository',
    'principal',
    'roles',
    'users.repository',
  ],
  'data-source': ['data-source.module'],
  dashboards: ['dashboards.module'],
  datasets: [
    'dataset',
    'dataset-changes',
    'datasets-api.module',
    'datasets.module',
    'datasets.service',
    'payload-problem',
    'payload-validator',
    'event-time',
    'stored-columns',
    'value-text',
    'dataset-table',
    'dto/[a-z-]+.dto',
  ],
  'ground-truth': ['ground-truth.module', 'laboratory.module', 'laboratory-results'],
  housekeeping: ['housekeeping.module'],
  inference: ['worker.module', 'open-inference/open-inference.module'],
  jobs: ['job', 'job-store', 'job-store.module', 'jobs.module'],
  loader: ['loader.module'],
  'ml-data': [
    'ml-data.module',
    'rows.module',
    'production.module',
    'ml-data.service',
    'ground-truth.service',
    'label.service',
    'production-writer',
    'register-import-parsers',
  ],
  registry: [
    'registry.module',
    'registry-api.module',
    'models.service',
    'services.service',
    'registry-changes',
    'registry-name',
    'register-model-upload',
    'entities/model-version.entity',
    'onnx-gate/model-signature',
    'onnx-gate/predictions',
    'onnx-gate/quiet-runtime',
    'onnx-gate/built-entry',
    'onnx-gate/onnx-session',
    'onnx-gate/runtime-message',
    'onnx-gate/strip-zip-map',
  ],
  simulator: ['product-quality-dataset', 'roaster-simulator', 'scenarios'],
};

/** Forbids the private files of all other modules. */
function boundaryOf(module) {
  const patterns = Object.entries(PUBLIC)
    .filter(([other]) => other !== module)
    .map(([other, files]) => ({
      regex: `^(\\.\\./)+${other}/(?!(${files.join('|')})\\.js$)`,
      message: `Use ${other} through what its line in eslint.config.js shows: ${files.join(', ')}.`,
    }));
  return { 'no-restricted-imports': ['error', { patterns }] };
}

export default defineConfig(
  { ignores: ['dist', 'coverage', 'node_modules', '.gits', 'test/golden'] },
  js.configs.recommended,
  {
    files: ['src/**/*.{ts,tsx}', 'migrations/**/*.ts', 'test/**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true } }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // Interfaces of Nest and of ports are asynchronous also where one implementation need not wait.
      '@typescript-eslint/require-await': 'off',
    },
  },
  ...Object.keys(PUBLIC).map((module) => ({ files: [`src/${module}/**/*.{ts,tsx}`], rules: boundaryOf(module) })),
  { files: ['src/{commands,config,pages,platform,roles}/**/*.{ts,tsx}', 'src/main.ts'], rules: boundaryOf('') },
  {
    // One place reads the environment; commands hand it in.
    files: ['src/**/*.{ts,tsx}'],
    ignores: ['src/config/**', 'src/commands/**', 'src/roles/supervisor.ts', '**/*.spec.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Take the setting from Environment.' },
      ],
    },
  },
  {
    // Pure mathematics: no framework, no input or output, no clock, no global randomness.
    files: ['src/ml/**/*.ts', 'src/simulator/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^(node:|@nestjs/|typeorm|pg)', message: 'src/ml and src/simulator are pure.' },
            {
              regex: '^(\\.\\./)+(?!ml/|datasets/dataset\\.js$)[a-z-]+/',
              message: 'src/ml and src/simulator stand alone.',
            },
          ],
        },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Take a seeded generator as an argument.' },
        { object: 'Date', property: 'now', message: 'Take the time as an argument.' },
        { object: 'performance', property: 'now', message: 'Take the time as an argument.' },
      ],
      'no-restricted-globals': ['error', 'process', 'console', 'setTimeout', 'setInterval', 'fetch'],
      'no-restricted-syntax': [
        'error',
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'Take the time as an argument.' },
      ],
    },
  },
  {
    files: ['**/*.spec.ts', '**/*.spec.tsx'],
    rules: {
      // expect(object.method) and expect.objectContaining are fine.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      'no-restricted-globals': 'off',
      'no-restricted-imports': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'process',
          'console',
          'setTimeout',
          'clearTimeout',
          'setInterval',
          'clearInterval',
          'Buffer',
          'URL',
          'performance',
          'fetch',
          'document',
          'window',
          'localStorage',
          'matchMedia',
          'URLSearchParams',
          'AbortSignal',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
);
