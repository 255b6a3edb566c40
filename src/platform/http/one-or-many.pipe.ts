import type { ArgumentMetadata, PipeTransform, Type } from '@nestjs/common';
import { InvalidProblem, ProblemError } from './problem.js';
import { createValidationPipe } from './validation.js';

/** Checks a body that is one object or a list of them; problems name the place in the list. */
export class OneOrManyPipe<T> implements PipeTransform<unknown, Promise<T[]>> {
  private readonly validation = createValidationPipe();

  constructor(
    private readonly type: Type<T>,
    private readonly most: number,
  ) {}

  async transform(value: unknown, metadata: ArgumentMetadata): Promise<T[]> {
    const items = Array.isArray(value) ? (value as unknown[]) : [value];
    if (items.length === 0 || items.length > this.most) {
      throw new InvalidProblem(
        'invalid-request',
        `The list must have 1 to ${this.most} entries, but has ${items.length}.`,
      );
    }
    const checked: T[] = [];
    for (const [index, item] of items.entries()) checked.push(await this.checkOne(item, index, metadata));
    return checked;
  }

  private async checkOne(item: unknown, index: number, metadata: ArgumentMetadata): Promise<T> {
    const where = { pointer: `/${index}`, message: `entry ${index} must be an object` };
    if (typeof item !== 'object' || item === null || Array.isArray(item)) {
      throw new InvalidProblem('invalid-request', where.message, [where]);
    }
    try {
      return (await this.validation.transform(item, { ...metadata, metatype: this.type })) as T;
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const errors = error.errors.map(({ pointer, message }) => ({ pointer: `/${index}${pointer}`, message }));
      throw new InvalidProblem(error.code, `entry ${index}: ${error.message}`, errors);
    }
  }
}
