import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';

const EXAMPLES: Record<number, { code: string; title: string; detail: string }> = {
  400: { code: 'invalid-request', title: 'Bad request', detail: 'limit must not be greater than 1000, but is 5000' },
  401: {
    code: 'login-required',
    title: 'Not logged in',
    detail: 'Send an API key as "Authorization: Bearer gits_…", or log in.',
  },
  403: { code: 'role-too-low', title: 'Not allowed', detail: 'This needs the role operator; yours is viewer.' },
  404: { code: 'job-not-found', title: 'Not found', detail: 'There is no job 0190b5b0-8a4e-7c6e-9f60-2f1a4f3f8a11.' },
  409: { code: 'service-exists', title: 'Conflict', detail: 'There is already a service of this name.' },
  412: { code: 'dataset-changed', title: 'Precondition failed', detail: 'The dataset has changed since you read it.' },
  413: { code: 'too-large', title: 'Too large', detail: 'The body must have at most 10485760 bytes.' },
  415: { code: 'unsupported-media-type', title: 'Unsupported media type', detail: 'Send application/json.' },
  422: {
    code: 'model-refused-pickle',
    title: 'Not acceptable',
    detail: 'This is a Python pickle, which is never loaded.',
  },
  428: { code: 'if-match-required', title: 'Precondition required', detail: 'Send the ETag you read as If-Match.' },
  429: { code: 'too-many-requests', title: 'Too many requests', detail: 'Try again in 12 seconds.' },
  503: { code: 'store-unavailable', title: 'Unavailable', detail: 'A store cannot be reached right now.' },
};

/** Documents RFC 9457 answers of a route or of every route of a controller. */
export function ApiProblems(...statuses: number[]) {
  return applyDecorators(
    ...statuses.map((status) => {
      const { code, title, detail } = EXAMPLES[status] ?? { code: 'error', title: 'Error', detail: '' };
      const example = { type: `urn:gits:problem:${code}`, title, status, detail, code };
      return ApiResponse({ status, description: title, content: { 'application/problem+json': { example } } });
    }),
  );
}
