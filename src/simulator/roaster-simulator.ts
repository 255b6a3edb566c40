import { SeededRandom, type SeededRandomState } from '../ml/random/seeded-random.js';
import { PRODUCT_QUALITY_DATASET } from './product-quality-dataset.js';
import { LABORATORY_SECONDS, THERMOCOUPLES_PER_ZONE, ZONE_COUNT } from './roaster-design.js';
import { Roaster, type RoasterState } from './roaster.js';
import { combineEffects, DEFAULT_SCENARIO_START, parseScenarios, type Scenario, type StepEffect } from './scenarios.js';
import { SimulatorError } from './simulator-errors.js';
import { checkPart, invalidState } from './simulator-state-check.js';

export interface RoasterSimulatorOptions {
  /** Whole number from 0 to 2^53 - 1. */
  seed: number;
  /** A scenario's name, or several joined by `+`. Default `steady`. */
  scenario?: string;
  /** Step at which the scenario begins. Default 300. */
  scenarioStart?: number;
  /** Plant time per step, 1 to 3600 s. Default 300: the dynamics of five minutes in one message. */
  stepSeconds?: number;
}

/** One message and the truth that belongs to it. */
export interface SimulatedRow {
  /** 0 for the first row of a new simulator. */
  step: number;
  /** The 11 features in the dataset's order; null where a scenario has lost the cell. */
  features: (number | null)[];
  /** The laboratory's result for the product that leaves the machine in this step, 220 to 505, never missing. */
  quality: number;
  /** So many steps later the laboratory reports it. */
  qualityDelaySteps: number;
}

/** Everything a simulator needs to go on, as plain JSON. */
export interface RoasterSimulatorState {
  version: typeof STATE_VERSION;
  seed: number;
  scenario: string;
  scenarioStart: number;
  stepSeconds: number;
  step: number;
  random: SeededRandomState;
  scenarioRandom: SeededRandomState;
  /** Readings at which stuck features stand. */
  stuckAt: Record<string, number>;
  roaster: RoasterState;
}

export const DEFAULT_STEP_SECONDS = 300;
export const LONGEST_STEP_SECONDS = 3600;

const STATE_VERSION = 1;

/** Slow parts forget their start within this time, so that the first row already belongs to the steady plant. */
const WARM_UP_SECONDS = 2 * 3600;

/** Where each feature comes from: the position among the 15 thermocouples, or -1 for the layer height. */
const FEATURES = PRODUCT_QUALITY_DATASET.features.map(({ name }) => {
  const match = /^t_data_(\d)_(\d)$/.exec(name);
  const thermocouple = match ? (Number(match[1]) - 1) * THERMOCOUPLES_PER_ZONE + Number(match[2]) - 1 : -1;
  return { name, thermocouple };
});

/**
 * The built-in data source: an endless, reproducible sequence of rows of the demo dataset. The same options give the same
 * rows, and the same seed gives the same plant under every scenario, so that two runs differ by the scenario alone.
 */
export class RoasterSimulator {
  readonly qualityDelaySteps: number;
  private readonly options: Required<RoasterSimulatorOptions>;
  private readonly scenarios: Scenario[];
  private readonly roaster: Roaster;
  private readonly random: SeededRandom;
  private readonly scenarioRandom: SeededRandom;
  private stuckAt: Record<string, number> = {};
  private step = 0;

  /** @throws SimulatorError, InvalidSeedError if an option is out of its range */
  constructor(options: RoasterSimulatorOptions) {
    const { seed, scenario = 'steady', scenarioStart = DEFAULT_SCENARIO_START } = options;
    const stepSeconds = options.stepSeconds ?? DEFAULT_STEP_SECONDS;
    if (!(stepSeconds >= 1 && stepSeconds <= LONGEST_STEP_SECONDS))
      throw invalidOption('stepSeconds', `a number from 1 to ${LONGEST_STEP_SECONDS}`, stepSeconds);
    if (!Number.isSafeInteger(scenarioStart) || scenarioStart < 0)
      throw invalidOption('scenarioStart', 'a whole number from 0', scenarioStart);
    this.options = { seed, scenario, scenarioStart, stepSeconds };
    this.scenarios = parseScenarios(scenario);
    this.random = new SeededRandom(seed, 0);
    this.scenarioRandom = new SeededRandom(seed, 1);
    this.roaster = new Roaster(stepSeconds, this.random);
    this.qualityDelaySteps = Math.ceil(LABORATORY_SECONDS / stepSeconds);
    const warmUpSteps = this.roaster.queue.stepsPerZone * ZONE_COUNT + Math.ceil(WARM_UP_SECONDS / stepSeconds);
    for (let i = 0; i < warmUpSteps; i++) this.roaster.step();
  }

  /** The next row. */
  next(): SimulatedRow {
    const effect = this.effect();
    const reading = this.roaster.step({ newMaterial: effect.newMaterial });
    const features = FEATURES.map(({ name, thermocouple }) => {
      const value = thermocouple < 0 ? reading.height : reading.thermocouples[thermocouple]!;
      return this.distort(name, value, effect);
    });
    const { quality } = reading;
    return { step: this.step++, features, quality, qualityDelaySteps: this.qualityDelaySteps };
  }

  /** The factor on the usual message rate for the next row. */
  rateFactor(): number {
    return this.effect().rateFactor;
  }

  exportState(): RoasterSimulatorState {
    return {
      version: STATE_VERSION,
      ...this.options,
      step: this.step,
      random: this.random.exportState(),
      scenarioRandom: this.scenarioRandom.exportState(),
      stuckAt: { ...this.stuckAt },
      roaster: this.roaster.exportState(),
    };
  }

  /**
   * A simulator that gives exactly the rows the exported one would have given next.
   * @throws SimulatorError INVALID_SIMULATOR_STATE if the state is damaged or of another version
   */
  static restore(state: RoasterSimulatorState): RoasterSimulator {
    checkPart(
      state,
      { version: STATE_VERSION, scenario: '', random: {}, scenarioRandom: {}, stuckAt: {}, roaster: {} },
      'state',
    );
    if (state.version !== STATE_VERSION) throw invalidState('state.version', String(STATE_VERSION), state.version);
    const simulator = new RoasterSimulator(state);
    checkPart(state.roaster, simulator.roaster.exportState(), 'state.roaster');
    if (!Number.isSafeInteger(state.step) || state.step < 0)
      throw invalidState('state.step', 'a whole number from 0', state.step);
    simulator.step = state.step;
    simulator.random.load(state.random);
    simulator.scenarioRandom.load(state.scenarioRandom);
    simulator.stuckAt = { ...state.stuckAt };
    simulator.roaster.load(state.roaster);
    return simulator;
  }

  private effect(): Required<StepEffect> {
    const { scenarioStart } = this.options;
    if (this.step < scenarioStart) return NO_EFFECT;
    return combineEffects(this.scenarios, this.step - scenarioStart);
  }

  private distort(name: string, value: number, effect: Required<StepEffect>): number | null {
    let shown = value + Math.round(effect.readingShift[name] ?? 0);
    if (effect.stuck.includes(name)) shown = this.stuckAt[name] ??= shown;
    const missing = effect.missingProbability > 0 && this.scenarioRandom.uniform() < effect.missingProbability;
    return missing ? null : shown;
  }
}

const NO_EFFECT: Required<StepEffect> = combineEffects([], 0);

function invalidOption(field: string, expected: string, value: unknown): SimulatorError {
  return new SimulatorError('INVALID_SIMULATOR_OPTION', `${field} must be ${expected}, got ${String(value)}`);
}
