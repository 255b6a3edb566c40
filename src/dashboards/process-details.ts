/** What a process tells about itself, as far as the dashboard knows it; what is absent or odd is null. */
export interface ProcessDetails {
  services: { service: string; model: string | null; version: number | null }[];
  finished: number | null;
  failed: number | null;
  /** Messages that a data source has sent. */
  sent: number | null;
  /** Resident memory with child processes, in MiB. */
  rssMb: number | null;
}

/** Reads the free-form details of a process. Another version of the program may have written them. */
export function readProcessDetails(details: Readonly<Record<string, unknown>>): ProcessDetails {
  const jobs = record(details['jobs']);
  return {
    services: Array.isArray(details['services']) ? details['services'].flatMap(service) : [],
    finished: count(jobs['finished']),
    failed: count(jobs['failed']),
    sent: count(details['sent']),
    rssMb: count(details['rssMb']),
  };
}

function service(value: unknown): ProcessDetails['services'] {
  const { service: name, model, version } = record(value);
  if (typeof name !== 'string') return [];
  return [{ service: name, model: typeof model === 'string' ? model : null, version: count(version) }];
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
