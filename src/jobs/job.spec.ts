import { type Job, toDocument } from './job.js';

const JOB: Job = {
  id: '01a2093d-ab92-7000-8000-014f66ac26de',
  service: 'service_product_quality_A',
  routingKey: 'gits_product_quality_A',
  status: 'finished',
  payload: '{"product_quality":[169.94]}',
  result: '[{"h_data":169.94,"quality":366.9}]',
  message: 'Results calculated successfully.',
  worker: 'plant-1',
  model: 'm',
  modelVersion: 3,
  attempts: 0,
  queuedAt: Date.UTC(2026, 0, 12, 9, 8, 26, 293),
  startedAt: Date.UTC(2026, 0, 12, 9, 8, 26, 294),
  endedAt: Date.UTC(2026, 0, 12, 9, 8, 26, 294) + 302.524,
};

describe(toDocument.name, () => {
  it('is the document of the reference system', () => {
    expect(toDocument(JOB)).toEqual({
      id: JOB.id,
      payload: { product_quality: [169.94] },
      last_status: 'finished',
      result: [{ h_data: 169.94, quality: 366.9 }],
      message: 'Results calculated successfully.',
      metadata: {
        queued_date: '2026-01-12T09:08:26.293Z',
        start_date: '2026-01-12T09:08:26.294Z',
        end_date: '2026-01-12T09:08:26.596Z',
        time_elapsed_sec: '0.302524',
        routing_key: 'gits_product_quality_A',
        service: 'service_product_quality_A',
        worker: 'plant-1',
        model: 'm',
        model_version: 3,
        attempts: 0,
      },
    });
  });

  it('has no times of work for a job that waits', () => {
    const { metadata } = toDocument({ ...JOB, status: 'queued', startedAt: null, endedAt: null });
    expect(metadata).toMatchObject({ start_date: null, end_date: null, time_elapsed_sec: null });
  });
});
