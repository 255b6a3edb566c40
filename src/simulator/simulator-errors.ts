/** An option or a stored state that the simulator cannot work with. */
export class SimulatorError extends Error {
  constructor(
    readonly code: 'INVALID_SIMULATOR_OPTION' | 'INVALID_SIMULATOR_STATE' | 'UNKNOWN_SCENARIO',
    message: string,
  ) {
    super(message);
    this.name = 'SimulatorError';
  }
}
