import { DelayLine } from './delay-line.js';
import { LAYER_HEIGHT, MOISTURE, RESIDENCE_SECONDS, ZONE_COUNT, ZONES } from './roaster-design.js';

/** What enters the machine in one step. */
export interface Feed {
  /** % */
  moisture: number;
  /** In the unit of the real data. */
  height: number;
  /** Share of the new raw material, 0 to 1. */
  newMaterial: number;
}

/** The product that leaves the machine: what it was, and the mean temperature it met in each zone, °C. */
export interface Product extends Feed {
  zoneMeans: ArrayLike<number>;
}

/** JSON of the queue: the signals of the last steps, newest first. */
export interface ProductQueueState {
  zones: number[][];
  moisture: number[];
  height: number[];
  newMaterial: number[];
}

/** The product inside the machine, one slice per step; it passes the zones in sequence and stays equally long in each. */
export class ProductQueue {
  readonly stepsPerZone: number;
  private readonly zones: DelayLine[];
  private readonly moisture: DelayLine;
  private readonly height: DelayLine;
  private readonly newMaterial: DelayLine;
  private readonly sums: Float64Array;

  constructor(stepSeconds: number) {
    this.stepsPerZone = Math.max(1, Math.round(RESIDENCE_SECONDS / stepSeconds));
    const length = this.stepsPerZone * ZONE_COUNT + 1;
    this.zones = ZONES.map((zone) => new DelayLine(length, zone.nominal));
    this.moisture = new DelayLine(length, MOISTURE.nominal);
    this.height = new DelayLine(length, LAYER_HEIGHT.nominal);
    this.newMaterial = new DelayLine(length, 0);
    this.sums = Float64Array.from(ZONES, (zone) => zone.nominal * this.stepsPerZone);
  }

  /** Moves all slices on by one step; `temperatures` holds one value per zone, °C. */
  push(temperatures: ArrayLike<number>, feed: Feed): void {
    for (let zone = 0; zone < ZONE_COUNT; zone++) {
      const line = this.zones[zone]!;
      // Multiples of 1/1024 °C add up exactly, so a running sum never drifts from the sum of its window.
      line.push(Math.round(temperatures[zone]! * 1024) / 1024);
      const leftZone = (ZONE_COUNT - 1 - zone) * this.stepsPerZone;
      this.sums[zone] = this.sums[zone]! + line.at(leftZone) - line.at(leftZone + this.stepsPerZone);
    }
    this.moisture.push(feed.moisture);
    this.height.push(feed.height);
    this.newMaterial.push(feed.newMaterial);
  }

  /** Moisture and height of the slice in the middle of a zone (0 is the first). */
  inZone(zone: number): { moisture: number; height: number } {
    const lag = zone * this.stepsPerZone + (this.stepsPerZone >> 1);
    return { moisture: this.moisture.at(lag), height: this.height.at(lag) };
  }

  /** The slice that leaves the machine in this step: it entered `stepsPerZone * 5 - 1` steps ago. */
  leaving(): Product {
    const lag = this.stepsPerZone * ZONE_COUNT - 1;
    return {
      moisture: this.moisture.at(lag),
      height: this.height.at(lag),
      newMaterial: this.newMaterial.at(lag),
      zoneMeans: this.sums.map((sum) => sum / this.stepsPerZone),
    };
  }

  exportState(): ProductQueueState {
    return {
      zones: this.zones.map((line) => line.toArray()),
      moisture: this.moisture.toArray(),
      height: this.height.toArray(),
      newMaterial: this.newMaterial.toArray(),
    };
  }

  load(state: ProductQueueState): void {
    this.moisture.load(state.moisture);
    this.height.load(state.height);
    this.newMaterial.load(state.newMaterial);
    for (let zone = 0; zone < ZONE_COUNT; zone++) {
      const line = this.zones[zone]!;
      line.load(state.zones[zone]!);
      let sum = 0;
      for (let i = 0; i < this.stepsPerZone; i++) sum += line.at((ZONE_COUNT - 1 - zone) * this.stepsPerZone + i);
      this.sums[zone] = sum;
    }
  }
}
