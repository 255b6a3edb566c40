import { SimulatorError } from './simulator-errors.js';

/** What a scenario does to one step. What it leaves out stays as in the steady plant. */
export interface StepEffect {
  /** Added to the readings of the named features, °C. */
  readingShift?: Readonly<Record<string, number>>;
  /** Features that go on showing the reading they had when they got stuck. */
  stuck?: readonly string[];
  /** Share of the new raw material in the feed, 0 to 1. */
  newMaterial?: number;
  /** Probability that a cell is missing. */
  missingProbability?: number;
  /** Factor on the usual message rate. */
  rateFactor?: number;
}

/** A scripted course of events, so that monitoring and retraining have something to find. */
export interface Scenario {
  name: string;
  description: string;
  /** The effect at `step` counted from the scenario's start (0 is its first step). */
  effect(step: number): StepEffect;
}

/** The steady plant runs this long before a scenario begins: 10 minutes at one message every 2 s. */
export const DEFAULT_SCENARIO_START = 300;

const DRIFT_PER_STEP = 0.1;
const LARGEST_DRIFT = 90;
const CHANGE_OVER_STEPS = 24;
const SPIKE_PERIOD = 600;
const SPIKE_QUIET_STEPS = 200;
const SPIKE_FACTOR = 20;
const MISSING_PROBABILITY = 0.005;

/** All scenarios, in the order in which help texts list them. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'steady',
    description: 'Normal running: nothing happens but the slow wander of set points and feed.',
    effect: () => ({}),
  },
  {
    name: 'sensor-drift',
    description: `Thermocouple t_data_3_2 reads ${DRIFT_PER_STEP} °C more with every step, up to ${LARGEST_DRIFT} °C too high; the product is as good as ever.`,
    effect: (step) => ({ readingShift: { t_data_3_2: Math.min(LARGEST_DRIFT, DRIFT_PER_STEP * (step + 1)) } }),
  },
  {
    name: 'stuck-sensor',
    description: 'Thermocouple t_data_3_1 repeats one reading for ever.',
    effect: () => ({ stuck: ['t_data_3_1'] }),
  },
  {
    name: 'regime-change',
    description: `New raw material replaces the usual one over ${CHANGE_OVER_STEPS} steps: it dries slower and bears less roasting, so the same readings mean another quality.`,
    effect: (step) => ({ newMaterial: Math.min(1, (step + 1) / CHANGE_OVER_STEPS) }),
  },
  {
    name: 'load-spikes',
    description: `Messages come ${SPIKE_FACTOR} times as fast in bursts of ${SPIKE_PERIOD - SPIKE_QUIET_STEPS} steps, with ${SPIKE_QUIET_STEPS} quiet steps before each; the readings are those of the steady plant.`,
    effect: (step) => ({ rateFactor: step % SPIKE_PERIOD < SPIKE_QUIET_STEPS ? 1 : SPIKE_FACTOR }),
  },
  {
    name: 'missing-values',
    description: `Each cell is missing with probability ${MISSING_PROBABILITY}, so about one row in twenty fails its validation.`,
    effect: () => ({ missingProbability: MISSING_PROBABILITY }),
  },
];

/**
 * Reads one scenario, or several joined by `+` (`sensor-drift+load-spikes`).
 * @throws SimulatorError UNKNOWN_SCENARIO with the known names
 */
export function parseScenarios(text: string): Scenario[] {
  return text.split('+').map((part) => {
    const scenario = SCENARIOS.find(({ name }) => name === part.trim());
    if (scenario) return scenario;
    const known = SCENARIOS.map(({ name }) => name).join(', ');
    throw new SimulatorError(
      'UNKNOWN_SCENARIO',
      `scenario must be one of ${known}, or several joined by +; got "${text}"`,
    );
  });
}

/**
 * The joint effect of several scenarios: shifts add, rate factors multiply, stuck features gather, the larger share of
 * new material and the larger probability of a missing cell count.
 */
export function combineEffects(scenarios: readonly Scenario[], step: number): Required<StepEffect> {
  const readingShift: Record<string, number> = {};
  const stuck: string[] = [];
  let newMaterial = 0;
  let missingProbability = 0;
  let rateFactor = 1;
  for (const scenario of scenarios) {
    const effect = scenario.effect(step);
    for (const [feature, shift] of Object.entries(effect.readingShift ?? {})) {
      readingShift[feature] = (readingShift[feature] ?? 0) + shift;
    }
    stuck.push(...(effect.stuck ?? []));
    newMaterial = Math.max(newMaterial, effect.newMaterial ?? 0);
    missingProbability = Math.max(missingProbability, effect.missingProbability ?? 0);
    rateFactor *= effect.rateFactor ?? 1;
  }
  return { readingShift, stuck, newMaterial, missingProbability, rateFactor };
}
