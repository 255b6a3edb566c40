import { type ValidationError, ValidationPipe } from '@nestjs/common';
import { type FieldProblem, InvalidProblem } from './problem.js';

/** Checks bodies, queries and parameters against their DTO classes; every wrong field is named with its value. */
export function createValidationPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    exceptionFactory: (errors) => {
      const problems = errors.flatMap((error) => flatten(error, ''));
      const detail = problems.map((problem) => problem.message).join('; ');
      return new InvalidProblem('invalid-request', detail, problems);
    },
  });
}

function flatten(error: ValidationError, path: string): FieldProblem[] {
  const pointer = `${path}/${error.property}`;
  const own = Object.values(error.constraints ?? {}).map((message) => {
    const value = JSON.stringify(error.value) ?? 'missing';
    return { pointer, message: `${message}, but is ${value.length > 100 ? `${value.slice(0, 100)}…` : value}` };
  });
  return [...own, ...(error.children ?? []).flatMap((child) => flatten(child, pointer))];
}
