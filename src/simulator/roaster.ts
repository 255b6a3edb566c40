import type { SeededRandom } from '../ml/random/seeded-random.js';
import { ProductQueue, type ProductQueueState } from './product-queue.js';
import { HIGHEST_QUALITY, LOWEST_QUALITY, trueQuality } from './quality-law.js';
import {
  FEED_WANDER_SECONDS,
  LABORATORY_NOISE,
  LAYER_HEIGHT,
  LOCAL_WANDER,
  LOCAL_WANDER_SECONDS,
  MOISTURE,
  NEIGHBOUR_COUPLING,
  SET_POINT_WANDER_SECONDS,
  THERMOCOUPLE_COUNT,
  THERMOCOUPLE_NOISE,
  THERMOCOUPLES_PER_ZONE,
  ZONE_COUNT,
  ZONES,
} from './roaster-design.js';
import { softBound, Wander } from './wander.js';

/** What is done to the machine in one step. */
export interface RoasterInputs {
  /** Added to the five set points, °C. */
  setPointShift?: readonly number[];
  /** Share of the new raw material in the feed, 0 to 1. */
  newMaterial?: number;
}

/** What the machine shows in one step. */
export interface RoasterReading {
  /** T_1_1, T_1_2, T_1_3, T_2_1, … T_5_3 in whole °C, as the real instruments report them. */
  thermocouples: number[];
  /** Layer height at the feed, two decimals. */
  height: number;
  /** Moisture of the feed in %, two decimals. */
  moisture: number;
  /** The laboratory's result for the product that leaves the machine in this step, one decimal. */
  quality: number;
}

/** JSON of the machine between two steps. */
export interface RoasterState {
  temperatures: number[];
  setPoints: number[];
  feed: number[];
  local: number[];
  queue: ProductQueueState;
}

/**
 * A roasting machine of five zones in a row. Each zone follows its wandering set point with a first-order lag, is cooled
 * by wet or thick product and leaks to its neighbours; burners are uneven across the width. Quality follows from what the
 * product met on its way, so it lags behind the readings.
 */
export class Roaster {
  readonly queue: ProductQueue;
  private readonly temperatures = Float64Array.from(ZONES, (zone) => zone.nominal);
  private readonly before = new Float64Array(ZONE_COUNT);
  private readonly zoneMeans = new Float64Array(ZONE_COUNT);
  private readonly response: Float64Array;
  private readonly setPoints: Wander;
  private readonly feed: Wander;
  private readonly local: Wander;

  /** @param disturbance scale of all random signals: 1 as in the plant, 0 for a machine without any */
  constructor(
    stepSeconds: number,
    private readonly random: SeededRandom,
    private readonly disturbance = 1,
  ) {
    this.queue = new ProductQueue(stepSeconds);
    this.response = Float64Array.from(ZONES, (zone) => 1 - Math.exp(-stepSeconds / zone.lagSeconds));
    this.setPoints = new Wander(ZONE_COUNT, SET_POINT_WANDER_SECONDS, stepSeconds, random);
    this.feed = new Wander(2, FEED_WANDER_SECONDS, stepSeconds, random);
    this.local = new Wander(THERMOCOUPLE_COUNT, LOCAL_WANDER_SECONDS, stepSeconds, random);
  }

  /** Moves the machine on by one step. */
  step(inputs: RoasterInputs = {}): RoasterReading {
    const { random, disturbance } = this;
    this.setPoints.step(random);
    this.feed.step(random);
    this.local.step(random);

    const moisture = MOISTURE.nominal + MOISTURE.wander * disturbance * softBound(this.feed.values[0]!);
    const height = LAYER_HEIGHT.nominal + LAYER_HEIGHT.wander * disturbance * softBound(this.feed.values[1]!);
    this.heat(inputs.setPointShift);
    this.mixAcross();
    this.queue.push(this.zoneMeans, { moisture, height, newMaterial: inputs.newMaterial ?? 0 });

    const thermocouples = this.readThermocouples();
    const measured = trueQuality(this.queue.leaving()) + LABORATORY_NOISE * disturbance * random.normal();
    const quality = Math.min(HIGHEST_QUALITY, Math.max(LOWEST_QUALITY, measured));
    return {
      thermocouples,
      height: Math.round(height * 100) / 100,
      moisture: Math.round(moisture * 100) / 100,
      quality: Math.round(quality * 10) / 10,
    };
  }

  exportState(): RoasterState {
    return {
      temperatures: Array.from(this.temperatures),
      setPoints: Array.from(this.setPoints.values),
      feed: Array.from(this.feed.values),
      local: Array.from(this.local.values),
      queue: this.queue.exportState(),
    };
  }

  load(state: RoasterState): void {
    this.temperatures.set(state.temperatures);
    this.setPoints.values.set(state.setPoints);
    this.feed.values.set(state.feed);
    this.local.values.set(state.local);
    this.queue.load(state.queue);
  }

  private heat(setPointShift: readonly number[] | undefined): void {
    const before = this.before;
    before.set(this.temperatures);
    for (let z = 0; z < ZONE_COUNT; z++) {
      const zone = ZONES[z]!;
      const own = zone.wander * this.disturbance * softBound(this.setPoints.values[z]!) + (setPointShift?.[z] ?? 0);
      const left = z > 0 ? before[z - 1]! - ZONES[z - 1]!.nominal : 0;
      const right = z < ZONE_COUNT - 1 ? before[z + 1]! - ZONES[z + 1]!.nominal : 0;
      const product = this.queue.inZone(z);
      const load =
        zone.moistureLoad * (product.moisture - MOISTURE.nominal) +
        zone.heightLoad * (product.height - LAYER_HEIGHT.nominal);
      const target = zone.nominal + own + NEIGHBOUR_COUPLING * (left + right) - load;
      this.temperatures[z] = before[z]! + this.response[z]! * (target - before[z]!);
    }
  }

  /** The product is mixed across the width, so it meets the mean over a zone's spots. */
  private mixAcross(): void {
    const spots = this.local.values;
    const share = (LOCAL_WANDER * this.disturbance) / THERMOCOUPLES_PER_ZONE;
    for (let zone = 0; zone < ZONE_COUNT; zone++) {
      let local = 0;
      for (let s = 0; s < THERMOCOUPLES_PER_ZONE; s++) local += spots[zone * THERMOCOUPLES_PER_ZONE + s]!;
      this.zoneMeans[zone] = this.temperatures[zone]! + share * local;
    }
  }

  private readThermocouples(): number[] {
    const { random, disturbance } = this;
    const spots = this.local.values;
    const readings: number[] = [];
    for (let zone = 0; zone < ZONE_COUNT; zone++) {
      const temperature = this.temperatures[zone]!;
      for (const offset of ZONES[zone]!.offsets) {
        const deviation = LOCAL_WANDER * spots[readings.length]! + THERMOCOUPLE_NOISE * random.normal();
        readings.push(Math.round(temperature + offset + disturbance * deviation));
      }
    }
    return readings;
  }
}
