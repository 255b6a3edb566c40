import { execFileSync } from 'node:child_process';
import type { Dataset } from '../datasets/dataset.js';
import { PayloadProblem } from '../datasets/payload-problem.js';
import { compilePayload } from '../datasets/payload-validator.js';
import { curlCommand, examplePayload } from './example-message.js';

const DATASET: Dataset = {
  name: 'kiln',
  description: '',
  task: 'classification',
  features: [
    { name: 'temperature', type: 'number', minimum: 0, maximum: 1100, nullable: false },
    { name: 'narrow', type: 'number', minimum: 1.00001, maximum: 1.00002, nullable: false },
    { name: 'free', type: 'number', nullable: true },
    { name: 'shift', type: 'category', categories: ["night's", 'day'], nullable: false },
    { name: 'open', type: 'boolean', nullable: false },
  ],
  target: { name: 'grade', type: 'category', categories: ['a', 'b'], nullable: false },
  payloadKey: 'kiln',
  timeColumns: [],
};

describe('the example message', () => {
  it('is one that the dataset accepts', () => {
    const payload = examplePayload(DATASET);
    expect(payload).toEqual({ kiln: [550, 1.00001, 1, "night's", true] });
    expect(compilePayload(DATASET).read(payload, new Float64Array(5), 0)).not.toBeInstanceOf(PayloadProblem);
  });

  it('passes through a shell unchanged, whatever names it holds', () => {
    const hostile = { "it's": ['$(id) `id` "quoted" \\ '] };
    const command = curlCommand('http://127.0.0.1:8000', 'a_service', hostile);
    const words = execFileSync('sh', ['-c', command.replace(/^curl/, `printf '%s\\n'`)], { encoding: 'utf8' }).split(
      '\n',
    );
    expect(words).toContain('http://127.0.0.1:8000/queue_manager/jobs');
    expect(JSON.parse(words[words.indexOf('-d') + 1]!)).toEqual({ service: 'a_service', payload: hostile });
  });
});
